//! The node: TCP, Noise and Yamux alone, what our nodes have in common with it. It relays for others, and serves a byte stream
//! that says back what it hears, and a vat.

use crate::{Outcome, streams, vat};
use futures::StreamExt;
use libp2p::kad::store::MemoryStore;
use libp2p::multiaddr::Protocol;
use libp2p::swarm::{NetworkBehaviour, Swarm, SwarmEvent};
use libp2p::{Multiaddr, PeerId, StreamProtocol, identify, kad, noise, ping, relay, tcp, yamux};
use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

pub const STREAM: StreamProtocol = StreamProtocol::new("/ww/0.1.0/stream/echo");
pub const VAT: StreamProtocol = StreamProtocol::new("/ww/0.1.0/vat/executor");
const TABLE: StreamProtocol = StreamProtocol::new("/ww/kad/1.0.0");
/// A connection without a stream stays until the node ends.
const IDLE: Duration = Duration::from_secs(600);

#[derive(NetworkBehaviour)]
pub struct Parts {
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    relay: relay::Behaviour,
    relay_client: relay::client::Behaviour,
    pub table: kad::Behaviour<MemoryStore>,
    pub streams: libp2p_stream::Behaviour,
}

pub type Event = SwarmEvent<PartsEvent>;

pub struct Node {
    pub swarm: Swarm<Parts>,
    /// What peers have said of themselves.
    pub known: HashMap<PeerId, identify::Info>,
}

impl Node {
    /// It listens on a free port of 127.0.0.1.
    pub async fn start() -> Outcome<Node> {
        let mut swarm = build().map_err(|error| error.to_string())?;
        swarm.behaviour_mut().table.set_mode(Some(kad::Mode::Client));
        let control = swarm.behaviour().streams.new_control();
        streams::serve(control.clone(), STREAM, streams::echo);
        streams::serve(control, VAT, vat::serve);
        let address = "/ip4/127.0.0.1/tcp/0".parse().expect("it is an address");
        swarm.listen_on(address).map_err(|error| error.to_string())?;
        let mut node = Node { swarm, known: HashMap::new() };
        let address = node
            .until(|event| match event {
                SwarmEvent::NewListenAddr { address, .. } => Some(Ok(address.clone())),
                _ => None,
            })
            .await?;
        // Those of a relay, and of a provider, are what it tells others.
        node.swarm.add_external_address(address);
        Ok(node)
    }

    pub fn addresses(&self) -> Vec<String> {
        let id = *self.swarm.local_peer_id();
        self.swarm.listeners().map(|address| address.clone().with(Protocol::P2p(id)).to_string()).collect()
    }

    /// Lets the node run until one of its events is an answer.
    pub async fn until<T>(&mut self, mut read: impl FnMut(&Event) -> Option<Outcome<T>>) -> Outcome<T> {
        loop {
            let event = self.swarm.select_next_some().await;
            let answer = read(&event);
            self.note(event);
            if let Some(answer) = answer {
                return answer;
            }
        }
    }

    /// Lets the node run until the future has its value.
    pub async fn during<F: Future>(&mut self, future: F) -> F::Output {
        let mut future = pin!(future);
        loop {
            tokio::select! {
                value = &mut future => return value,
                event = self.swarm.select_next_some() => self.note(event),
            }
        }
    }

    /// Connects by an address, which ends with the peer's id, and waits until the peer has said who it is.
    pub async fn connect(&mut self, text: &str) -> Outcome<PeerId> {
        let address: Multiaddr = text.parse().map_err(|error| format!("{error}"))?;
        let Some(Protocol::P2p(peer)) = address.iter().last() else {
            return Err(format!("no peer at the end of {text}"));
        };
        if !self.swarm.is_connected(&peer) {
            self.known.remove(&peer);
            self.swarm.dial(address).map_err(|error| error.to_string())?;
        }
        while !self.known.contains_key(&peer) {
            self.until(|event| match event {
                SwarmEvent::Behaviour(PartsEvent::Identify(_)) => Some(Ok(())),
                SwarmEvent::OutgoingConnectionError { error, .. } => Some(Err(error.to_string())),
                _ => None,
            })
            .await?;
        }
        Ok(peer)
    }

    fn note(&mut self, event: Event) {
        if let SwarmEvent::Behaviour(PartsEvent::Identify(identify::Event::Received { peer_id, info, .. })) = event {
            self.known.insert(peer_id, info);
        }
    }
}

fn build() -> Result<Swarm<Parts>, Box<dyn std::error::Error>> {
    let swarm = libp2p::SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)?
        .with_relay_client(noise::Config::new, yamux::Config::default)?
        .with_behaviour(|key, relay_client| {
            let id = key.public().to_peer_id();
            let said = identify::Config::new("wetware/0.1.0".into(), key.public());
            Parts {
                identify: identify::Behaviour::new(said.with_agent_version("rust-libp2p interop".into())),
                ping: ping::Behaviour::default(),
                relay: relay::Behaviour::new(id, relay::Config::default()),
                relay_client,
                table: kad::Behaviour::with_config(id, MemoryStore::new(id), kad::Config::new(TABLE)),
                streams: libp2p_stream::Behaviour::new(),
            }
        })?
        .with_swarm_config(|config| config.with_idle_connection_timeout(IDLE))
        .build();
    Ok(swarm)
}
