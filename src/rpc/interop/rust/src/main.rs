//! capnproto-rust as a peer: `peer serve`, `peer call <port>`, `peer vanish <port>`.
//!
//! serve:  offers Peer on a free port of 127.0.0.1, printed as `port N`, until stdin ends.
//! call:   calls everything on the Peer at the port, and prints `ok NAME` or `not ok NAME: REASON` for each check.
//! vanish: gets and gives capabilities, then ends in the middle of a frame, with calls under way.

mod checks;
mod dynamic;
mod objects;
mod schema;
mod sockets;
mod values;

use capnp::message::ReaderOptions;
use capnp::Error;
use capnp_rpc::rpc_twoparty_capnp::Side;
use capnp_rpc::twoparty::VatNetwork;
use capnp_rpc::RpcSystem;
use dynamic::{Object, Remote};
use futures::channel::{mpsc, oneshot};
use futures::executor::{LocalPool, LocalSpawner};
use futures::future::{select, Either};
use futures::task::LocalSpawnExt;
use futures::{FutureExt, StreamExt};
use objects::{Counter, Counts, Peer};
use schema::{peer, size};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

fn connect(socket: TcpStream, side: Side, offered: Option<Remote>) -> Result<RpcSystem<Side>, Error> {
    let (input, output) = sockets::split(socket)?;
    let network = VatNetwork::new(input, output, side, ReaderOptions::new());
    let offered = offered.map(|remote| capnp::capability::Client::new(remote.hook()));
    Ok(RpcSystem::new(Box::new(network), offered))
}

fn run(spawner: &LocalSpawner, system: RpcSystem<Side>) {
    spawner.spawn_local(system.map(drop)).expect("the pool is running");
}

fn serve() -> Result<(), Error> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("port {}", listener.local_addr()?.port());
    let (connected, mut sockets) = mpsc::unbounded();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            if connected.unbounded_send(socket).is_err() {
                return;
            }
        }
    });
    let (ended, mut end) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        drop(ended);
    });
    let mut pool = LocalPool::new();
    let spawner = pool.spawner();
    let counts = Counts::default();
    pool.run_until(async move {
        while let Either::Left((Some(socket), rest)) = select(sockets.next(), end).await {
            end = rest;
            run(&spawner, connect(socket, Side::Server, Some(Peer::new(counts.clone()).serve()))?);
        }
        Ok(())
    })
}

fn call(port: &str) -> Result<(), Error> {
    let mut pool = LocalPool::new();
    let mut system = connect(dial(port)?, Side::Client, None)?;
    let peer: Remote = system.bootstrap(Side::Server);
    let disconnector = system.get_disconnector();
    run(&pool.spawner(), system);
    pool.run_until(checks::run(peer));
    pool.run_until(disconnector)
}

fn vanish(port: &str) -> Result<(), Error> {
    let mut pool = LocalPool::new();
    let socket = dial(port)?;
    let mut raw = socket.try_clone()?;
    let mut system = connect(socket, Side::Client, None)?;
    let peer: Remote = system.bootstrap(Side::Server);
    run(&pool.spawner(), system);
    pool.run_until(async move {
        let mine = Counter::new().serve();
        let give = |method| peer.call(method, size(0, 1), |to| to.get_pointer_field(0).set_capability(mine.hook()));
        give(peer::HOLD).done().await?;
        let _counter = peer.ask(peer::MAKE_COUNTER).done().await?.capability(0)?;
        let _waiting = give(peer::NEVER_RETURN);
        peer.ask(peer::CANCELED).done().await?;
        // One segment of two words is announced; one word comes.
        raw.write_all(&[0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0])?;
        std::process::exit(0)
    })
}

fn dial(port: &str) -> std::io::Result<TcpStream> {
    TcpStream::connect(format!("127.0.0.1:{}", port))
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args[1..] {
        ["serve"] => serve(),
        ["call", port] => call(port),
        ["vanish", port] => vanish(port),
        _ => Err(Error::failed("usage: peer serve | call <port> | vanish <port>".to_string())),
    };
    if let Err(error) = done {
        eprintln!("{}", error.description);
        std::process::exit(1);
    }
}
