#include "report/hdf5_types.hpp"

#include <fmt/format.h>

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

bool is_kind_of(Field const& field, Handle const& member)
{
    auto const size = H5Tget_size(member.get());
    auto const is_whole = [&] {
        return size <= sizeof(double) && H5Tget_precision(member.get()) == 8 * size &&
               H5Tget_offset(member.get()) == 0;
    };
    switch (H5Tget_class(member.get())) {
    case H5T_STRING:
        return field.kind == Kind::text && size == field.size &&
               H5Tis_variable_str(member.get()) == 0;
    case H5T_ENUM: return field.kind == Kind::status && size == field.size;
    case H5T_FLOAT: return field.kind == Kind::f8 && is_whole();
    case H5T_INTEGER: return field.kind != Kind::text && field.kind != Kind::f8 && is_whole();
    default: return false;
    }
}

} // namespace

std::string why_unreadable(Table const& table, Handle const& stored)
{
    if (H5Tget_class(stored.get()) != H5T_COMPOUND)
        return fmt::format("its {} is no table", table.name);
    auto const row_size = H5Tget_size(stored.get());
    auto const members = H5Tget_nmembers(stored.get());
    for (int i = 0; i < members; ++i) {
        auto const place = static_cast<unsigned>(i);
        Handle const member(H5Tget_member_type(stored.get(), place), H5Tclose);
        if (!member ||
            H5Tget_member_offset(stored.get(), place) + H5Tget_size(member.get()) > row_size)
            return fmt::format("its {} is damaged", table.name);
    }
    for (auto const& field : table.fields) {
        auto const place = H5Tget_member_index(stored.get(), field.name);
        if (place < 0) {
            if (field.is_later) continue;
            return fmt::format("its {} has no column {}", table.name, field.name);
        }
        Handle const member(H5Tget_member_type(stored.get(), static_cast<unsigned>(place)),
                            H5Tclose);
        if (!member || !is_kind_of(field, member))
            return fmt::format("the column {} of its {} is of another type", field.name,
                               table.name);
    }
    return {};
}

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

Handle common_row_type(Table const& table, Handle const& stored)
{
    auto type = checked(H5Tcreate(H5T_COMPOUND, table.row_size), H5Tclose, doing, table.name);
    for (auto const& field : table.fields) {
        auto const place = H5Tget_member_index(stored.get(), field.name);
        if (place < 0) continue;
        auto member = field.kind == Kind::text ? text_type(field.size)
                                               : number_type(field.kind, Place::memory);
        if (field.kind == Kind::text) {
            // HDF5 converts no character sets; numpy writes all bytes as ASCII.
            Handle const text(H5Tget_member_type(stored.get(), static_cast<unsigned>(place)),
                              H5Tclose);
            if (auto const set = H5Tget_cset(text.get()); set >= 0)
                checked(H5Tset_cset(member.get(), set), doing, table.name);
        }
        checked(H5Tinsert(type.get(), field.name, field.offset, member.get()), doing, table.name);
    }
    return type;
}

} // namespace starmap::report::hdf5
