//! What the driver can order.

use crate::node::{Node, PartsEvent};
use crate::{Outcome, streams, vat};
use libp2p::kad::{GetProvidersOk, ProgressStep, QueryResult, RecordKey};
use libp2p::multiaddr::Protocol;
use libp2p::swarm::SwarmEvent;
use libp2p::{Multiaddr, Stream, StreamProtocol, kad, relay};
use serde_json::{Value, json};

pub async fn carry_out(node: &mut Node, words: &[&str]) -> Outcome<Value> {
    match *words {
        ["identify", address] => identify(node, address).await,
        ["peers"] => Ok(node.swarm.connected_peers().map(|peer| peer.to_string()).collect()),
        ["reserve", address] => reserve(node, address).await,
        ["stream", address, protocol, text] => {
            let stream = open(node, address, protocol).await?;
            let heard = node.during(streams::exchange(stream, text.as_bytes())).await?;
            Ok(String::from_utf8_lossy(&heard).into())
        }
        ["flood", address, protocol, count] => flood(node, address, protocol, count).await,
        ["vat", address, protocol, message] => {
            let stream = open(node, address, protocol).await?;
            Ok(node.during(vat::call(stream, message)).await.map_err(|error| error.to_string())?.into())
        }
        ["provide", address, key] => provide(node, address, key).await,
        ["find", address, key] => find(node, address, key).await,
        _ => Err(format!("no order {words:?}")),
    }
}

async fn identify(node: &mut Node, address: &str) -> Outcome<Value> {
    let peer = node.connect(address).await?;
    let info = &node.known[&peer];
    let protocols: Vec<&str> = info.protocols.iter().map(AsRef::as_ref).collect();
    Ok(json!({ "agent": info.agent_version, "protocols": protocols }))
}

/// The address by which others reach it through the relay.
async fn reserve(node: &mut Node, address: &str) -> Outcome<Value> {
    node.connect(address).await?;
    let through: Multiaddr = address.parse().map_err(|error| format!("{error}"))?;
    let through = through.with(Protocol::P2pCircuit);
    node.swarm.listen_on(through.clone()).map_err(|error| error.to_string())?;
    node.until(|event| match event {
        SwarmEvent::Behaviour(PartsEvent::RelayClient(relay::client::Event::ReservationReqAccepted { .. })) => {
            Some(Ok(()))
        }
        SwarmEvent::ListenerClosed { reason, .. } => Some(Err(format!("no reservation: {reason:?}"))),
        _ => None,
    })
    .await?;
    Ok(through.with(Protocol::P2p(*node.swarm.local_peer_id())).to_string().into())
}

/// Says so many bytes while it hears. How many came back in order.
async fn flood(node: &mut Node, address: &str, protocol: &str, count: &str) -> Outcome<Value> {
    let count: usize = count.parse().map_err(|error| format!("{error}"))?;
    let said: Vec<u8> = (0..count).map(|at| (at % 251) as u8).collect();
    let stream = open(node, address, protocol).await?;
    let heard = node.during(streams::exchange(stream, &said)).await?;
    if heard == said {
        return Ok(count.into());
    }
    let same = heard.iter().zip(&said).take_while(|(one, other)| one == other).count();
    Err(format!("{} bytes came back, the first {same} as they should", heard.len()))
}

async fn open(node: &mut Node, address: &str, protocol: &str) -> Outcome<Stream> {
    let peer = node.connect(address).await?;
    let protocol = StreamProtocol::try_from_owned(protocol.to_string()).map_err(|error| error.to_string())?;
    let mut control = node.swarm.behaviour().streams.new_control();
    node.during(control.open_stream(peer, protocol)).await.map_err(|error| error.to_string())
}

async fn provide(node: &mut Node, address: &str, key: &str) -> Outcome<Value> {
    let key = enter(node, address, key).await?;
    let query = node.swarm.behaviour_mut().table.start_providing(key).map_err(|error| error.to_string())?;
    node.until(|event| match event {
        SwarmEvent::Behaviour(PartsEvent::Table(kad::Event::OutboundQueryProgressed { id, result, .. }))
            if *id == query =>
        {
            let QueryResult::StartProviding(result) = result else { return None };
            Some(result.as_ref().map(|_| "provided".into()).map_err(|error| error.to_string()))
        }
        _ => None,
    })
    .await
}

async fn find(node: &mut Node, address: &str, key: &str) -> Outcome<Value> {
    let key = enter(node, address, key).await?;
    let query = node.swarm.behaviour_mut().table.get_providers(key);
    let mut found: Vec<String> = Vec::new();
    node.until(|event| match event {
        SwarmEvent::Behaviour(PartsEvent::Table(kad::Event::OutboundQueryProgressed { id, result, step, .. }))
            if *id == query =>
        {
            if let QueryResult::GetProviders(Ok(GetProvidersOk::FoundProviders { providers, .. })) = result {
                found.extend(providers.iter().map(|peer| peer.to_string()));
            }
            matches!(step, ProgressStep { last: true, .. }).then(|| Ok(found.clone().into()))
        }
        _ => None,
    })
    .await
}

/// Connects to a peer that keeps the table. The key is a multihash, in hexadecimal digits.
async fn enter(node: &mut Node, address: &str, key: &str) -> Outcome<RecordKey> {
    let peer = node.connect(address).await?;
    let address: Multiaddr = address.parse().map_err(|error| format!("{error}"))?;
    node.swarm.behaviour_mut().table.add_address(&peer, address);
    let digits = (0..key.len() / 2).map(|at| u8::from_str_radix(&key[at * 2..at * 2 + 2], 16));
    let bytes: Vec<u8> = digits.collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    Ok(RecordKey::new(&bytes))
}
