#pragma once

#include <starmap/detail/bytes.hpp>
#include <starmap/detail/raw.hpp>
#include <starmap/detail/read_pointers.hpp>

#include <boost/archive/detail/common_iarchive.hpp>
#include <boost/archive/detail/register_archive.hpp>
#include <boost/serialization/collection_size_type.hpp>
#include <boost/serialization/item_version_type.hpp>
#include <boost/serialization/string.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

namespace starmap::detail {

/// Reads a number of elements of unknown size, each of which has a byte or more in all likelihood.
/// Throws ProtocolError where far fewer bytes are left: nothing is made on the word of a length.
std::uint64_t get_count(ByteReader& in);
/// The same for a number that was read before.
void check_count(std::uint64_t count, ByteReader const& in);

/// A container that has buckets.
template <class T>
inline constexpr bool is_unordered = requires
{
    typename T::hasher;
    typename T::local_iterator;
};

template <class T>
inline constexpr auto owner_of = ReadPointers::Owner::nobody;
template <class T, class Delete>
inline constexpr auto owner_of<std::unique_ptr<T, Delete>> = ReadPointers::Owner::unique;
template <class T>
inline constexpr auto owner_of<std::shared_ptr<T>> = ReadPointers::Owner::shared;

/// Boost archive that reads what OutArchive wrote. Throws ProtocolError where the bytes end early,
/// and for pointers to what there is not.
class InArchive : public boost::archive::detail::common_iarchive<InArchive> {
    using Base = boost::archive::detail::common_iarchive<InArchive>;
    friend class boost::archive::load_access;
    friend class boost::archive::detail::interface_iarchive<InArchive>;

public:
    explicit InArchive(ByteReader& in) : Base(boost::archive::no_header), in_(in) {}

    // In place of Boost's own, which are called in them.
    void register_basic_serializer(boost::archive::detail::basic_iserializer const& serializer)
    {
        pointers_.note_class(serializer);
        Base::register_basic_serializer(serializer);
    }
    void load_object(void* target, boost::archive::detail::basic_iserializer const& serializer)
    {
        ReadPointers::Reading const reading(pointers_);
        pointers_.begin_object(serializer);
        Base::load_object(target, serializer);
    }
    boost::archive::detail::basic_pointer_iserializer const*
    load_pointer(void*& target, boost::archive::detail::basic_pointer_iserializer const* expected,
                 ReadPointers::Finder find)
    {
        ReadPointers::Reading const reading(pointers_);
        pointers_.begin_pointer(expected, find);
        return Base::load_pointer(target, expected, find);
    }

    void load_binary(void* address, std::size_t count) { in_.copy(address, count); }

    template <class T>
    void load(T& value)
    {
        if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::wstring>) {
            auto const size = get_size(sizeof(typename T::value_type));
            value.resize(size);
            in_.copy(value.data(), size * sizeof(typename T::value_type));
        } else if constexpr (std::is_same_v<T, bool>) {
            value = in_.get<std::uint8_t>() != 0;
        } else {
            static_assert(std::is_trivially_copyable_v<T>);
            in_.copy(&value, sizeof value);
        }
    }

    template <class T>
    void load_override(T& value)
    {
        if constexpr (std::is_same_v<T, bool>) {
            load(value);
        } else if constexpr (TravelsRaw<T>) {
            in_.copy(static_cast<void*>(&value), sizeof value);
        } else if constexpr (packs_itself<T>) {
            value.unpack(in_);
        } else if constexpr (is_raw_vector<T>) {
            auto const size = get_size(sizeof(typename T::value_type));
            value.resize(size);
            in_.copy(static_cast<void*>(value.data()), size * sizeof(typename T::value_type));
        } else if constexpr (is_specialization<T, std::tuple>) {
            std::apply([this](auto&... part) { ((*this >> part), ...); }, value);
        } else if constexpr (is_specialization<T, std::optional>) {
            value.reset();
            if (in_.get<std::uint8_t>() != 0) *this >> value.emplace();
        } else if constexpr (is_specialization<T, std::variant>) {
            load_alternative(value, get_size(0));
        } else if constexpr (IsStdArray<T>::value) {
            for (auto& element : value) *this >> element;
        } else if constexpr (std::is_pointer_v<T>) {
            // Should it be of a class that does not fit, nobody is to see it.
            T read = nullptr;
            value = nullptr;
            Base::load_override(read);
            value = read;
        } else if constexpr (!std::is_same_v<T, std::monostate>) {
            if constexpr (owner_of<T> != ReadPointers::Owner::nobody)
                pointers_.expect_owner(owner_of<T>);
            if constexpr (is_unordered<T>) counts_until_buckets_ = 2;
            Base::load_override(value);
        }
    }
    void load_override(boost::archive::class_id_optional_type&) {}
    void load_override(boost::serialization::collection_size_type& size)
    {
        // Boost makes all elements first. Of buckets there may be any number, mostly empty.
        auto const is_buckets = counts_until_buckets_ != 0 && --counts_until_buckets_ == 0;
        size =
            boost::serialization::collection_size_type(is_buckets ? get_buckets() : get_count(in_));
    }
    void load_override(boost::serialization::item_version_type& version)
    {
        version = boost::serialization::item_version_type(in_.get<std::uint32_t>());
    }
    void load_override(boost::archive::class_name_type& name);
    void load_override(boost::archive::class_id_type& id)
    {
        auto const number = in_.get<std::int32_t>();
        pointers_.check_class(number);
        id = boost::archive::class_id_type(number);
    }
    void load_override(boost::archive::class_id_reference_type& id)
    {
        id = boost::archive::class_id_reference_type(
            boost::archive::class_id_type(in_.get<std::int32_t>()));
    }
    void load_override(boost::archive::object_id_type& id)
    {
        auto const number = in_.get<std::uint32_t>();
        pointers_.check_object(number);
        id = boost::archive::object_id_type(number);
    }
    void load_override(boost::archive::object_reference_type& id)
    {
        id = boost::archive::object_reference_type(
            boost::archive::object_id_type(in_.get<std::uint32_t>()));
    }
    void load_override(boost::archive::version_type& version)
    {
        version = boost::archive::version_type(in_.get<std::uint32_t>());
    }
    void load_override(boost::archive::tracking_type& tracking)
    {
        tracking = boost::archive::tracking_type(in_.get<std::uint8_t>() != 0);
    }

private:
    /// A length from the wire is believed only as far as the bytes that are there.
    std::size_t get_size(std::size_t element);

    template <class Variant, std::size_t I = 0>
    void load_alternative(Variant& value, std::size_t index)
    {
        if constexpr (I < std::variant_size_v<Variant>) {
            if (I == index)
                *this >> value.template emplace<I>();
            else
                load_alternative<Variant, I + 1>(value, index);
        } else {
            refuse_alternative(index);
        }
    }
    [[noreturn]] static void refuse_alternative(std::size_t index);

    std::size_t get_buckets();

    ByteReader& in_;
    ReadPointers pointers_;
    int counts_until_buckets_ = 0; ///< of an unordered container: how many counts until theirs
};

} // namespace starmap::detail

BOOST_SERIALIZATION_REGISTER_ARCHIVE(starmap::detail::InArchive)
