//! Messages, calls and objects by number.
//!
//! Debian has the library for Rust but not its code generator, so this file does by number what generated code would do
//! by name: offsets and ordinals are those that `capnp compile -ocapnp interop.capnp` prints.

use capnp::any_pointer;
use capnp::capability::{FromClientHook, FromServer, Params, Promise, Response, Results, Server};
use capnp::private::capability::ClientHook;
use capnp::private::layout::{PointerBuilder, PointerReader, StructBuilder, StructReader, StructSize};
use capnp::traits::{FromPointerBuilder, FromPointerReader, SetPointerBuilder};
use capnp::{Error, Word};
use std::ops::{Deref, DerefMut};

pub const EMPTY: StructSize = StructSize { data: 0, pointers: 0 };

/// A pointer in a message that is read.
pub struct In<'a>(pub PointerReader<'a>);

impl<'a> FromPointerReader<'a> for In<'a> {
    fn get_from_pointer(reader: &PointerReader<'a>, _: Option<&'a [Word]>) -> capnp::Result<Self> {
        Ok(In(*reader))
    }
}

impl<'a> SetPointerBuilder for In<'a> {
    fn set_pointer_builder(mut to: PointerBuilder<'_>, from: Self, canonical: bool) -> capnp::Result<()> {
        to.copy_from(from.0, canonical)
    }
}

/// A pointer in a message that is built.
pub struct Out<'a>(pub PointerBuilder<'a>);

impl<'a> FromPointerBuilder<'a> for Out<'a> {
    fn init_pointer(builder: PointerBuilder<'a>, _: u32) -> Self {
        Out(builder)
    }
    fn get_from_pointer(builder: PointerBuilder<'a>, _: Option<&'a [Word]>) -> capnp::Result<Self> {
        Ok(Out(builder))
    }
}

/// A capability of any interface.
pub struct Remote(Box<dyn ClientHook>);

impl Remote {
    /// A capability whose calls wait until the promise gives one.
    pub fn promised<F>(promise: F) -> Remote
    where
        F: futures::Future<Output = Result<Remote, Error>> + 'static,
    {
        let client = async move { Ok(capnp::capability::Client::new(promise.await?.0)) };
        capnp_rpc::new_promise_client(Box::pin(client))
    }

    pub fn call(
        &self,
        (interface_id, method_id): (u64, u16),
        size: StructSize,
        write: impl FnOnce(StructBuilder),
    ) -> Call {
        let mut request = self.0.new_call(interface_id, method_id, None);
        write(request.get().init_as::<Out>().0.init_struct(size));
        let sent = request.send();
        Call { promise: sent.promise, pipeline: sent.pipeline }
    }

    /// A call without parameters.
    pub fn ask(&self, method: (u64, u16)) -> Call {
        self.call(method, EMPTY, |_| {})
    }

    pub fn hook(&self) -> Box<dyn ClientHook> {
        self.0.add_ref()
    }
}

impl Clone for Remote {
    fn clone(&self) -> Self {
        Remote(self.hook())
    }
}

impl FromClientHook for Remote {
    fn new(hook: Box<dyn ClientHook>) -> Self {
        Remote(hook)
    }
}

/// A call that was sent. Dropping it before its results arrive cancels it.
pub struct Call {
    promise: Promise<Response<any_pointer::Owned>, Error>,
    pipeline: any_pointer::Pipeline,
}

impl Call {
    /// The capability that will be found by following these pointers.
    pub fn ahead(&self, path: &[u16]) -> Remote {
        let mut pipeline = self.pipeline.noop();
        for index in path {
            pipeline = pipeline.get_pointer_field(*index);
        }
        Remote(pipeline.as_cap())
    }

    pub async fn done(self) -> Result<Answer, Error> {
        Ok(Answer(self.promise.await?))
    }
}

pub struct Answer(Response<any_pointer::Owned>);

impl Answer {
    pub fn root(&self) -> Result<StructReader<'_>, Error> {
        self.0.get()?.get_as::<In>()?.0.get_struct(None)
    }

    pub fn capability(&self, pointer: usize) -> Result<Remote, Error> {
        Ok(Remote(self.root()?.get_pointer_field(pointer).get_capability()?))
    }
}

/// A served object: handles the calls made on it.
pub trait Object: 'static {
    fn call(&mut self, method: (u64, u16), call: Incoming) -> Promise<(), Error>;

    fn serve(self) -> Remote
    where
        Self: Sized,
    {
        capnp_rpc::new_client(self)
    }
}

/// A call on an object.
pub struct Incoming {
    params: Params<any_pointer::Owned>,
    results: Results<any_pointer::Owned>,
}

impl Incoming {
    pub fn params(&self) -> Result<StructReader<'_>, Error> {
        self.params.get()?.get_as::<In>()?.0.get_struct(None)
    }

    pub fn capability(&self, pointer: usize) -> Result<Remote, Error> {
        Ok(Remote(self.params()?.get_pointer_field(pointer).get_capability()?))
    }

    pub fn results(&mut self, size: StructSize) -> StructBuilder<'_> {
        self.results.get().init_as::<Out>().0.init_struct(size)
    }

    /// Answers with the first pointer of the parameters.
    pub fn echo(mut self) -> Result<(), Error> {
        let to = self.results.get().init_as::<Out>().0.init_struct(StructSize { data: 0, pointers: 1 });
        let from = self.params.get()?.get_as::<In>()?.0.get_struct(None)?;
        to.get_pointer_field(0).copy_from(from.get_pointer_field(0), false)
    }

    /// Answers with one capability.
    pub fn give(mut self, capability: Remote) -> Result<(), Error> {
        let to = self.results(StructSize { data: 0, pointers: 1 });
        to.get_pointer_field(0).set_capability(capability.0);
        Ok(())
    }
}

pub struct Dispatch<S>(S);

impl<S: Object> Server for Dispatch<S> {
    fn dispatch_call(
        &mut self,
        interface_id: u64,
        method_id: u16,
        params: Params<any_pointer::Owned>,
        results: Results<any_pointer::Owned>,
    ) -> Promise<(), Error> {
        self.0.call((interface_id, method_id), Incoming { params, results })
    }
}

impl<S> Deref for Dispatch<S> {
    type Target = S;
    fn deref(&self) -> &S {
        &self.0
    }
}

impl<S> DerefMut for Dispatch<S> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.0
    }
}

impl<S: Object> FromServer<S> for Remote {
    type Dispatch = Dispatch<S>;
    fn from_server(object: S) -> Dispatch<S> {
        Dispatch(object)
    }
}

pub fn unimplemented() -> Promise<(), Error> {
    Promise::err(Error::unimplemented("There is no such method".to_string()))
}
