//! Executor.echo of capnp/first/peer.capnp, by number: one text is asked, one answered.

use capnp::capability::{
    Client, DispatchCallResult, FromClientHook, FromServer, Params, Promise, Request, Results, Server,
};
use capnp::private::capability::ClientHook;
use capnp::private::layout::{PointerBuilder, PointerReader, StructSize};
use capnp::traits::{FromPointerBuilder, FromPointerReader};
use capnp::{Error, Word, any_pointer};
use capnp_rpc::RpcSystem;
use capnp_rpc::rpc_twoparty_capnp::Side;
use capnp_rpc::twoparty::VatNetwork;
use futures::AsyncReadExt;
use libp2p::Stream;
use std::rc::Rc;

const EXECUTOR: u64 = 0xbfa37c1e99b4a492;
const ECHO: u16 = 1;
const ONE_TEXT: StructSize = StructSize { data: 0, pointers: 1 };

/// Calls what the peer's vat begins with, and ends the connection.
pub async fn call(stream: Stream, message: &str) -> Result<String, Error> {
    let mut vat = connect(stream, Side::Client, None);
    let executor: Client = vat.bootstrap(Side::Server);
    let end = vat.get_disconnector();
    tokio::task::spawn_local(vat);
    let mut request: Request<any_pointer::Owned, any_pointer::Owned> = executor.new_call(EXECUTOR, ECHO, None);
    write_text(request.get(), message);
    let response = request.send().promise.await?;
    let text = read_text(response.get()?)?;
    end.await?;
    Ok(text)
}

/// Until the peer ends the connection.
pub async fn serve(stream: Stream) {
    let executor: Client = capnp_rpc::new_client::<Executor, Echo>(Echo).cast_to();
    // Its end is no matter whether the peer said goodbye.
    let _ = connect(stream, Side::Server, Some(executor)).await;
}

fn connect(stream: Stream, side: Side, offered: Option<Client>) -> RpcSystem<Side> {
    let (source, sink) = stream.split();
    RpcSystem::new(Box::new(VatNetwork::new(source, sink, side, Default::default())), offered)
}

struct Echo;

/// The server in the form in which the library dispatches to it.
#[derive(Clone)]
struct Dispatch(Rc<Echo>);

impl std::ops::Deref for Dispatch {
    type Target = Echo;
    fn deref(&self) -> &Echo {
        &self.0
    }
}

impl Server for Dispatch {
    fn dispatch_call(
        self,
        interface: u64,
        method: u16,
        params: Params<any_pointer::Owned>,
        mut results: Results<any_pointer::Owned>,
    ) -> DispatchCallResult {
        let done = if (interface, method) == (EXECUTOR, ECHO) {
            params.get().and_then(read_text).map(|message| write_text(results.get(), &format!("Echo: {message}")))
        } else {
            Err(Error::unimplemented(format!("no method {method} of {interface:x}")))
        };
        DispatchCallResult::new(Promise::from(done), false)
    }

    fn as_ptr(&self) -> usize {
        Rc::as_ptr(&self.0) as usize
    }
}

struct Executor(Box<dyn ClientHook>);

impl FromServer<Echo> for Executor {
    type Dispatch = Dispatch;
    fn from_server(server: Rc<Echo>) -> Dispatch {
        Dispatch(server)
    }
}

impl FromClientHook for Executor {
    fn new(hook: Box<dyn ClientHook>) -> Self {
        Executor(hook)
    }
    fn into_client_hook(self) -> Box<dyn ClientHook> {
        self.0
    }
    fn as_client_hook(&self) -> &dyn ClientHook {
        self.0.as_ref()
    }
}

struct In<'a>(PointerReader<'a>);

impl<'a> FromPointerReader<'a> for In<'a> {
    fn get_from_pointer(reader: &PointerReader<'a>, _: Option<&'a [Word]>) -> capnp::Result<Self> {
        Ok(In(*reader))
    }
}

struct Out<'a>(PointerBuilder<'a>);

impl<'a> FromPointerBuilder<'a> for Out<'a> {
    fn init_pointer(builder: PointerBuilder<'a>, _: u32) -> Self {
        Out(builder)
    }
    fn get_from_pointer(builder: PointerBuilder<'a>, _: Option<&'a [Word]>) -> capnp::Result<Self> {
        Ok(Out(builder))
    }
}

fn read_text(from: any_pointer::Reader<'_>) -> Result<String, Error> {
    let text = from.get_as::<In>()?.0.get_struct(None)?.get_pointer_field(0).get_text(None)?;
    Ok(text.to_str()?.to_string())
}

fn write_text(to: any_pointer::Builder<'_>, text: &str) {
    to.init_as::<Out>().0.init_struct(ONE_TEXT).get_pointer_field(0).set_text(text.into());
}
