#include "report/hdf5_types.hpp"

namespace starmap::report::hdf5 {

namespace {

constexpr auto doing = "make a type for";

hid_t standard(Kind kind, Place place)
{
    bool const file = place == Place::file;
    switch (kind) {
    case Kind::u1:
    case Kind::status: return file ? H5T_STD_U8LE : H5T_NATIVE_UINT8;
    case Kind::u2: return file ? H5T_STD_U16LE : H5T_NATIVE_UINT16;
    case Kind::u4: return file ? H5T_STD_U32LE : H5T_NATIVE_UINT32;
    case Kind::u8: return file ? H5T_STD_U64LE : H5T_NATIVE_UINT64;
    case Kind::i4: return file ? H5T_STD_I32LE : H5T_NATIVE_INT32;
    case Kind::i8: return file ? H5T_STD_I64LE : H5T_NATIVE_INT64;
    case Kind::f8: return file ? H5T_IEEE_F64LE : H5T_NATIVE_DOUBLE;
    case Kind::text: break;
    }
    return H5T_C_S1;
}

Handle status_type(Place place)
{
    auto const base = standard(Kind::status, place);
    auto type = checked(H5Tenum_create(base), H5Tclose, doing, "status");
    for (auto status : all_statuses()) {
        auto const value = static_cast<std::uint8_t>(status);
        checked(H5Tenum_insert(type.get(), to_string(status), &value), doing, "status");
    }
    return type;
}

} // namespace

Handle text_type(std::size_t size)
{
    auto type = checked(H5Tcopy(H5T_C_S1), H5Tclose, doing, "text");
    checked(H5Tset_size(type.get(), size), doing, "text");
    checked(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), doing, "text");
    checked(H5Tset_cset(type.get(), H5T_CSET_UTF8), doing, "text");
    return type;
}

Handle number_type(Kind kind, Place place)
{
    if (kind == Kind::status) return status_type(place);
    return checked(H5Tcopy(standard(kind, place)), H5Tclose, doing, "a number");
}

Handle row_type(Table const& table, Place place)
{
    auto type = checked(H5Tcreate(H5T_COMPOUND, table.row_size), H5Tclose, doing, table.name);
    for (auto const& field : table.fields) {
        auto const member =
            field.kind == Kind::text ? text_type(field.size) : number_type(field.kind, place);
        checked(H5Tinsert(type.get(), field.name, field.offset, member.get()), doing, table.name);
    }
    return type;
}

} // namespace starmap::report::hdf5
