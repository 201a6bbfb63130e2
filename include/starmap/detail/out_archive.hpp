#pragma once

#include <starmap/detail/bytes.hpp>
#include <starmap/detail/raw.hpp>

#include <boost/archive/detail/common_oarchive.hpp>
#include <boost/archive/detail/register_archive.hpp>
#include <boost/serialization/collection_size_type.hpp>
#include <boost/serialization/item_version_type.hpp>
#include <boost/serialization/string.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

namespace starmap::detail {

/// Boost archive that appends to a Bytes.
class OutArchive : public boost::archive::detail::common_oarchive<OutArchive> {
    using Base = boost::archive::detail::common_oarchive<OutArchive>;
    friend class boost::archive::save_access;
    friend class boost::archive::detail::interface_oarchive<OutArchive>;

public:
    explicit OutArchive(Bytes& out) : Base(boost::archive::no_header), out_(out) {}

    void save_binary(void const* address, std::size_t count) { out_.append(address, count); }

    template <class T>
    void save(T const& value)
    {
        if constexpr (std::is_same_v<T, std::string>) {
            put_size(value.size());
            out_.append(value.data(), value.size());
        } else if constexpr (std::is_same_v<T, std::wstring>) {
            put_size(value.size());
            out_.append(value.data(), value.size() * sizeof(wchar_t));
        } else {
            static_assert(std::is_trivially_copyable_v<T>);
            out_.append(&value, sizeof value);
        }
    }

    template <class T>
    void save_override(T const& value)
    {
        if constexpr (TravelsRaw<T>) {
            out_.append(&value, sizeof value);
        } else if constexpr (packs_itself<T>) {
            value.pack(out_);
        } else if constexpr (is_raw_vector<T>) {
            put_size(value.size());
            out_.append(value.data(), value.size() * sizeof(typename T::value_type));
        } else if constexpr (is_specialization<T, std::tuple>) {
            std::apply([this](auto const&... part) { ((*this << part), ...); }, value);
        } else if constexpr (is_specialization<T, std::optional>) {
            out_.put(value.has_value());
            if (value) *this << *value;
        } else if constexpr (is_specialization<T, std::variant>) {
            put_size(value.index());
            std::visit([this](auto const& part) { *this << part; }, value);
        } else if constexpr (IsStdArray<T>::value) {
            for (auto const& element : value) *this << element;
        } else if constexpr (!std::is_same_v<T, std::monostate>) {
            Base::save_override(value);
        }
    }
    void save_override(boost::archive::class_id_optional_type const&) {}
    void save_override(boost::serialization::collection_size_type const& size) { put_size(size); }
    void save_override(boost::serialization::item_version_type const& version)
    {
        put_unsigned(version);
    }
    void save_override(boost::archive::class_name_type const& name)
    {
        save(std::string(static_cast<char const*>(name)));
    }
    void save_override(boost::archive::class_id_type const& id) { put_int(id); }
    void save_override(boost::archive::class_id_reference_type const& id) { put_int(id); }
    void save_override(boost::archive::object_id_type const& id) { put_unsigned(id); }
    void save_override(boost::archive::object_reference_type const& id) { put_unsigned(id); }
    void save_override(boost::archive::version_type const& version) { put_unsigned(version); }
    void save_override(boost::archive::tracking_type const& tracking) { out_.put(bool(tracking)); }

private:
    void put_size(std::size_t size) { out_.put(std::uint64_t{size}); }
    void put_int(int value) { out_.put(std::int32_t{value}); }
    void put_unsigned(unsigned value) { out_.put(std::uint32_t{value}); }

    Bytes& out_;
};

} // namespace starmap::detail

BOOST_SERIALIZATION_REGISTER_ARCHIVE(starmap::detail::OutArchive)
