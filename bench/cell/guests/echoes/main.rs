//! Calls `Executor.echo` with 32 characters, 64 calls in flight, for as long as the host answers.

#[allow(dead_code)]
#[path = "../../../../src/rpc/interop/rust/src/dynamic.rs"]
mod dynamic;
#[path = "../../../../guests/rust-pid0/host.rs"]
mod host;
#[allow(dead_code)]
#[path = "../../../../src/rpc/interop/rust/src/schema.rs"]
mod schema;

use capnp::message::ReaderOptions;
use capnp::Error;
use capnp_rpc::rpc_twoparty_capnp::Side;
use capnp_rpc::twoparty::VatNetwork;
use capnp_rpc::RpcSystem;
use dynamic::Remote;
use futures::future::try_join_all;
use schema::{executor, size};

const TEXT: &str = "0123456789abcdef0123456789abcdef";
const IN_FLIGHT: usize = 64;

async fn echo_for_ever(executor: Remote) -> Result<(), Error> {
    loop {
        let call = executor.call(executor::ECHO, size(0, 1), |params| params.get_pointer_field(0).set_text(TEXT));
        let answer = call.done().await?;
        let text: &str = answer.root()?.get_pointer_field(0).get_text(None)?;
        if text != TEXT {
            return Err(Error::failed("the answer is another text".into()));
        }
    }
}

fn main() {
    let (input, output) = host::connect();
    let network = VatNetwork::new(input.clone(), output.clone(), Side::Client, ReaderOptions::new());
    let mut system = RpcSystem::new(Box::new(network), None);
    let executor: Remote = system.bootstrap(Side::Server);
    let callers = (0..IN_FLIGHT).map(|_| echo_for_ever(executor.clone()));
    if let Err(error) = host::drive((&input, &output), try_join_all(callers), system) {
        eprintln!("echoes: {}", error.description);
        std::process::exit(1);
    }
}
