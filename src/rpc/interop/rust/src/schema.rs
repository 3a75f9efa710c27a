//! Interface ids and ordinals of interop.capnp, and of the Membrane's schemas.

type Method = (u64, u16);

pub const fn size(data: u16, pointers: u16) -> capnp::private::layout::StructSize {
    capnp::private::layout::StructSize { data, pointers }
}

pub mod counter {
    const ID: u64 = 0x8dede4206200d677;
    pub const ADD: super::Method = (ID, 0);
    pub const CALLS: super::Method = (ID, 1);
}

pub mod greeter {
    pub const GREET: super::Method = (0xa1a1b0b1c0c1d001, 0);
    pub const THANK: super::Method = (0xa1a1b0b1c0c1d002, 0);
}

pub mod stream {
    const ID: u64 = 0xa1a1b0b1c0c1d003;
    pub const PUSH: super::Method = (ID, 0);
    pub const FINISH: super::Method = (ID, 1);
}

pub mod holder {
    const ID: u64 = 0xa1a1b0b1c0c1d004;
    pub const PUT: super::Method = (ID, 0);
    pub const GET: super::Method = (ID, 1);
}

pub mod callee {
    pub const GIVE: super::Method = (0xa1a1b0b1c0c1d005, 0);
}

pub mod peer {
    pub const ID: u64 = 0xa1a1b0b1c0c1d006;
    pub const ECHO_ALL: super::Method = (ID, 0);
    pub const ECHO_DEFAULTS: super::Method = (ID, 1);
    pub const ECHO_SHAPES: super::Method = (ID, 2);
    pub const ECHO_ANY: super::Method = (ID, 3);
    pub const ECHO_CAP: super::Method = (ID, 4);
    pub const ECHO_COUNTERS: super::Method = (ID, 5);
    pub const MAKE_COUNTER: super::Method = (ID, 6);
    pub const MAKE_NESTED: super::Method = (ID, 7);
    pub const LIVE_COUNTERS: super::Method = (ID, 8);
    pub const CALL_COUNTER: super::Method = (ID, 9);
    pub const HOLD: super::Method = (ID, 10);
    pub const CALL_HELD: super::Method = (ID, 11);
    pub const GET_HELD: super::Method = (ID, 12);
    pub const FAIL: super::Method = (ID, 13);
    pub const NEVER_RETURN: super::Method = (ID, 14);
    pub const CANCELED: super::Method = (ID, 15);
    pub const PROMISE_COUNTER: super::Method = (ID, 16);
    pub const KEEP_PROMISE: super::Method = (ID, 17);
    pub const GREETER: super::Method = (ID, 18);
    pub const STREAM: super::Method = (ID, 19);
    pub const HOLDER: super::Method = (ID, 20);
    pub const TAIL: super::Method = (ID, 21);
    pub const GET_NULL: super::Method = (ID, 22);
    pub const MEMBRANE: super::Method = (ID, 23);
}

pub mod membrane {
    pub const GRAFT: super::Method = (0xdb52c25106bc2c5e, 0);
    /// In the results: session, extension, and there host and executor.
    pub const EPOCH: [u16; 2] = [0, 0];
    pub const HOST: [u16; 3] = [0, 2, 0];
    pub const EXECUTOR: [u16; 3] = [0, 2, 1];
}

pub mod host {
    pub const EXECUTOR: super::Method = (0x9ea70c8c9aefb70c, 4);
}

pub mod executor {
    pub const ECHO: super::Method = (0xbfa37c1e99b4a492, 1);
}
