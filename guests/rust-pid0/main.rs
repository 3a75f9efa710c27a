//! A first process in Rust: grafts on the Membrane, calls ahead on what the session will hold, and says what came of it.

// What the interop tests' peer has for itself: messages and calls by number.
#[allow(dead_code)]
#[path = "../../src/rpc/interop/rust/src/dynamic.rs"]
mod dynamic;
#[allow(dead_code)]
#[path = "../../src/rpc/interop/rust/src/schema.rs"]
mod schema;

mod host;

use capnp::message::ReaderOptions;
use capnp::Error;
use capnp_rpc::rpc_twoparty_capnp::Side;
use capnp_rpc::twoparty::VatNetwork;
use capnp_rpc::RpcSystem;
use dynamic::{Answer, Call, Remote};
use schema::{executor, membrane, size};

async fn run(membrane: Remote) -> Result<(), Error> {
    let graft = membrane.call(membrane::GRAFT, size(0, 1), |_| {});
    // Nothing has returned yet.
    let executor = graft.ahead(&membrane::HOST).ask(schema::host::EXECUTOR).ahead(&[0]);
    let calls = [echo(&executor, "one"), echo(&graft.ahead(&membrane::EXECUTOR), "two"), echo(&executor, "three")];
    for call in calls {
        println!("{}", echoed(&call.done().await?)?);
    }
    let answer = graft.done().await?;
    let mut epoch = answer.root()?;
    for index in membrane::EPOCH {
        epoch = epoch.get_pointer_field(index.into()).get_struct(None)?;
    }
    eprintln!("rust-pid0: grafted in epoch {}", epoch.get_data_field::<u64>(0));
    Ok(())
}

fn echo(executor: &Remote, message: &str) -> Call {
    executor.call(executor::ECHO, size(0, 1), |params| params.get_pointer_field(0).set_text(message))
}

fn echoed(answer: &Answer) -> Result<&str, Error> {
    answer.root()?.get_pointer_field(0).get_text(None)
}

fn main() {
    let (input, output) = host::connect();
    let network = VatNetwork::new(input.clone(), output.clone(), Side::Client, ReaderOptions::new());
    let mut system = RpcSystem::new(Box::new(network), None);
    let membrane: Remote = system.bootstrap(Side::Server);
    if let Err(error) = host::drive((&input, &output), run(membrane), system) {
        eprintln!("rust-pid0: {}", error.description);
        std::process::exit(1);
    }
}
