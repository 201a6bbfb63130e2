// The frame that opens a job; the others are in frame.cpp.
#include "wire/frame.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace starmap::wire {

namespace {

/// A smaller state is cheaper to copy than to send apart from its head.
constexpr std::size_t apart_from = 64 * 1024;

template <class T>
void get_list(ByteReader& in, std::vector<T>& list)
{
    auto const raw = in.take(in.get<std::uint32_t>() * sizeof(T));
    list.resize(raw.size() / sizeof(T));
    if (!raw.empty()) __builtin_memcpy(list.data(), raw.data(), raw.size());
}

} // namespace

Bytes encode(Open const& open, std::uint32_t job)
{
    auto frame = start_frame(Kind::open, job);
    frame.put(open.starmap);
    frame.put(open.kernel);
    frame.put(open.combiner.has_value());
    frame.put(open.combiner.value_or(0));
    frame.put(open.mode);
    frame.put(open.stop_on_failure);
    frame.put(open.timeout);
    frame.put(open.max_rss);
    frame.put(open.repeated);
    frame.put(static_cast<std::uint32_t>(open.onward.size()));
    frame.append(open.onward.data(), open.onward.size() * sizeof(Destination));
    frame.put(static_cast<std::uint32_t>(open.segments.size()));
    frame.append(open.segments.data(), open.segments.size() * sizeof(detail::SegmentHandle));
    frame.align();
    return frame;
}

Parcel encode_opening(Open const& open, std::uint32_t job, OpenBody const& body)
{
    Parcel parcel(encode(open, job));
    auto const add = [&](Part const& part) {
        if (part.bytes.empty()) return;
        if (parcel.body.empty() && part.bytes.size() < apart_from) {
            parcel.head.append(part.bytes.data(), part.bytes.size());
        } else if (parcel.body.empty()) {
            parcel.body = part.bytes;
            parcel.owner = part.owner;
        } else {
            parcel.more.push_back(part);
        }
    };
    add(body.state);
    for (std::size_t i = 0; i < open.segments.size(); ++i)
        if (open.segments[i].fd < 0) add(body.segments[i]);
    seal(parcel);
    return parcel;
}

OpenBody read_open_body(Open const& open, ByteReader& in, std::shared_ptr<void const> const& owner)
{
    std::uint64_t attached = 0;
    for (auto const& segment : open.segments)
        if (segment.fd < 0) attached += std::min<std::uint64_t>(segment.bytes, in.left() + 1);
    OpenBody body;
    body.state = {in.take(attached <= in.left() ? in.left() - attached : in.left() + 1), owner};
    for (auto const& segment : open.segments)
        body.segments.push_back(segment.fd < 0 ? Part{in.take(segment.bytes), owner} : Part{});
    return body;
}

Open read_open(ByteReader& in)
{
    Open open;
    auto const body = in.left();
    open.starmap = in.get<std::uint32_t>();
    open.kernel = in.get<std::uint32_t>();
    auto const combines = in.get<std::uint8_t>() != 0;
    auto const combiner = in.get<std::uint32_t>();
    if (combines) open.combiner = combiner;
    open.mode = in.get<detail::ResultMode>();
    open.stop_on_failure = in.get<std::uint8_t>() != 0;
    open.timeout = in.get<double>();
    open.max_rss = in.get<std::uint64_t>();
    open.repeated = in.get<std::uint8_t>() != 0;
    get_list(in, open.onward);
    get_list(in, open.segments);
    in.take((8 - (body - in.left()) % 8) % 8);
    return open;
}

} // namespace starmap::wire
