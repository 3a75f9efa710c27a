//! Values with something in every field, and the comparison of what comes back.

use crate::dynamic::{In, Out};
use crate::schema::size;
use capnp::message::{Builder, HeapAllocator};
use capnp::private::layout::{ElementSize, PointerBuilder, PrimitiveElement, StructBuilder};
use capnp::traits::FromPointerBuilder;
use capnp::{data_list, primitive_list, text_list, Error};

/// The canonical bytes of the object that a pointer leads to, which must contain no capability.
pub fn canonical(from: In) -> Result<Vec<u8>, Error> {
    let mut message = Builder::new_default();
    message.set_root_canonical(from)?;
    Ok(message.get_segments_for_output().concat())
}

/// The canonical bytes of what `write` writes.
pub fn canonical_of(write: fn(PointerBuilder)) -> Result<Vec<u8>, Error> {
    let mut message: Builder<HeapAllocator> = Builder::new_default();
    write(message.init_root::<Out>().0);
    canonical(message.get_root_as_reader::<In>()?)
}

fn list<T: PrimitiveElement + Copy>(to: PointerBuilder, values: &[T]) {
    let mut list: primitive_list::Builder<T> = FromPointerBuilder::init_pointer(to, values.len() as u32);
    for (at, value) in values.iter().enumerate() {
        list.set(at as u32, *value);
    }
}

fn inner(to: StructBuilder, number: u32, name: &str) {
    to.set_data_field(0, number);
    to.get_pointer_field(0).set_text(name);
}

pub fn all_types(to: PointerBuilder) {
    let all = to.init_struct(size(6, 20));
    all.set_bool_field(0, true);
    all.set_data_field(1, -123i8);
    all.set_data_field(1, -12345i16);
    all.set_data_field(1, -12345678i32);
    all.set_data_field(1, -123456789012345i64);
    all.set_data_field(16, 234u8);
    all.set_data_field(9, 45678u16);
    all.set_data_field(5, 3456789012u32);
    all.set_data_field(3, 12345678901234567890u64);
    all.set_data_field(8, 1234.5f32);
    all.set_data_field(5, -123e45f64);
    all.set_data_field(18, 1u16);
    let at = |index| all.get_pointer_field(index);
    at(0).set_text("foo ☃");
    at(1).set_data(b"b\0r");
    inner(at(2).init_struct(size(1, 1)), 17, "inner");
    list(at(3), &[true, false, false, true, true, true, false, true, false, true]);
    list(at(4), &[12i8, -34, -0x80, 0x7f]);
    list(at(5), &[1234i16, -5678, -0x8000, 0x7fff]);
    list(at(6), &[12345678i32, -90123456, i32::MIN, i32::MAX]);
    list(at(7), &[123456789012345i64, -678901234567890]);
    list(at(8), &[12u8, 34, 0, 0xff]);
    list(at(9), &[1234u16, 5678, 0, 0xffff]);
    list(at(10), &[12345678u32, 90123456, 0, u32::MAX]);
    list(at(11), &[123456789012345u64, u64::MAX]);
    list(at(12), &[0f32, 1234567.0, 1e37, -1e-37]);
    list(at(13), &[0f64, 123456789012345.0, 1e306, -1e-306]);
    let mut texts: text_list::Builder = FromPointerBuilder::init_pointer(at(14), 3);
    for (index, text) in ["quux", "", "grün"].iter().enumerate() {
        texts.set(index as u32, text);
    }
    let mut datas: data_list::Builder = FromPointerBuilder::init_pointer(at(15), 2);
    datas.set(0, b"\xff");
    datas.set(1, b"");
    // The last value is no colour of the schema.
    list(at(16), &[2u16, 0, 77]);
    let inners = at(17).init_struct_list(2, size(1, 1));
    inner(inners.get_struct_element(0), 1, "");
    inner(inners.get_struct_element(1), 0, "two");
    let lists = at(18).init_list(ElementSize::Pointer, 3);
    list(lists.get_pointer_element(0), &[1i32, 2, 3]);
    list::<i32>(lists.get_pointer_element(1), &[]);
    list(lists.get_pointer_element(2), &[-4i32]);
    at(19).init_list(ElementSize::Void, 5);
}

pub fn shapes(to: PointerBuilder) {
    let shapes = to.init_struct(size(3, 5));
    shapes.set_data_field(0, 1u16);
    // The box: its tag, width and height.
    shapes.set_data_field(1, 3u16);
    shapes.set_data_field(2, 2u32);
    shapes.set_data_field(3, 3u32);
    shapes.set_data_field(2, 2u16);
    inner(shapes.get_pointer_field(1).init_struct(size(1, 1)), 0, "extra");
    shapes.get_pointer_field(2).set_text("after");
    let tree = shapes.get_pointer_field(3).init_struct_list(2, size(3, 5));
    let leaf = tree.get_struct_element(1);
    leaf.set_data_field(1, 2u16);
    leaf.get_pointer_field(0).set_text("leaf");
    let next = shapes.get_pointer_field(4).init_struct(size(3, 5));
    next.set_data_field(1, 1u16);
    next.set_data_field_mask(1, -1i64, 5);
    // Empty rather than absent: an implementation may write the one for the other.
    for shape in [tree.get_struct_element(0), leaf, next] {
        shape.get_pointer_field(2).set_text("");
        shape.get_pointer_field(3).init_struct_list(0, size(3, 5));
    }
}
