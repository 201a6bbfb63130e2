#include <starmap/error.hpp>
#include <starmap/serialization.hpp>

#include <boost/archive/detail/archive_serializer_map.hpp>
#include <boost/archive/impl/archive_serializer_map.ipp>

#include <fmt/format.h>

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

std::size_t InArchive::get_count()
{
    auto const count = in_.get<std::uint64_t>();
    if (count > in_.left() && count - in_.left() > most_without_bytes)
        refuse_length(count, in_.left());
    return count;
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
