#include <starmap/error.hpp>
#include <starmap/serialization.hpp>

#include <boost/archive/detail/archive_serializer_map.hpp>
#include <boost/archive/impl/archive_serializer_map.ipp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace starmap::detail {

void InArchive::load_override(boost::archive::class_name_type& name)
{
    std::string text;
    load(text);
    if (text.size() >= BOOST_SERIALIZATION_MAX_KEY_SIZE)
        throw ProtocolError(fmt::format("A class name of {} characters arrived (the limit is {}). "
                                        "Export the class under a shorter key.",
                                        text.size(), BOOST_SERIALIZATION_MAX_KEY_SIZE));
    pointers_.check_class_name(text.c_str());
    std::memcpy(static_cast<char*>(name), text.c_str(), text.size() + 1);
}

namespace {

[[noreturn]] void refuse_length(std::uint64_t length, std::size_t left)
{
    throw ProtocolError(fmt::format("A length of {} elements arrived, but only {} bytes follow. "
                                    "What was written is not what is read: check that "
                                    "serialize() is the same both ways.",
                                    length, left));
}

// There are elements that travel as no bytes, but who sends more of them than this?
constexpr std::uint64_t most_without_bytes = 1 << 16;

} // namespace

std::size_t InArchive::get_size(std::size_t element)
{
    auto const size = in_.get<std::uint64_t>();
    if (element != 0 && size > in_.left() / element) refuse_length(size, in_.left());
    return size;
}

std::uint64_t get_count(ByteReader& in)
{
    auto const count = in.get<std::uint64_t>();
    check_count(count, in);
    return count;
}

void check_count(std::uint64_t count, ByteReader const& in)
{
    if (count > in.left() && count - in.left() > most_without_bytes)
        refuse_length(count, in.left());
}

std::size_t InArchive::get_buckets()
{
    // A hint: they become more by themselves.
    return std::min<std::uint64_t>(in_.get<std::uint64_t>(), in_.left() + most_without_bytes);
}

void InArchive::refuse_alternative(std::size_t index)
{
    throw ProtocolError(fmt::format("A std::variant arrived with alternative {}, which it lacks. "
                                    "Check that serialize() is the same both ways.",
                                    index));
}

} // namespace starmap::detail

namespace boost::archive::detail {

template class archive_serializer_map<starmap::detail::OutArchive>;
template class archive_serializer_map<starmap::detail::InArchive>;

} // namespace boost::archive::detail
