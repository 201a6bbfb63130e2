// How segments are packed: by name where they travel by themselves, else with all their bytes.
#include <starmap/detail/segment.hpp>

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace starmap::detail {

namespace {

thread_local SegmentCollector* collector = nullptr;
thread_local SegmentSource* source = nullptr;

/// One that others of the node can map: itself, or a copy. Null if there can be none, or it is too
/// small for it.
std::shared_ptr<Segment const> shared_form(std::shared_ptr<Segment const> const& segment)
{
    if (!segment || segment->is_shared()) return segment;
    if (segment->bytes().size() < Segment::shared_from) return nullptr;
    auto copy = Segment::make(segment->bytes());
    return copy->is_shared() ? copy : nullptr;
}

} // namespace

SegmentCollector::SegmentCollector() noexcept : outer_(std::exchange(collector, this)) {}
SegmentCollector::~SegmentCollector() { collector = outer_; }

SegmentSource::SegmentSource(std::span<std::shared_ptr<Segment const> const> some) noexcept
    : segments(some),
      outer_(std::exchange(source, this))
{
}
SegmentSource::~SegmentSource() { source = outer_; }

void put_segment(Bytes& out, std::shared_ptr<Segment const> const& segment)
{
    auto const named = collector != nullptr ? shared_form(segment) : nullptr;
    out.put(named != nullptr);
    if (named) {
        auto& notes = collector->notes;
        auto const id = named->handle().id;
        auto const same = [&](auto const& note) { return note.segment->handle().id == id; };
        if (std::none_of(notes.begin(), notes.end(), same)) notes.push_back({named, out.size()});
        out.put(id);
        return;
    }
    auto const bytes = segment ? segment->bytes() : std::span<std::byte const>();
    out.put(std::uint64_t{bytes.size()});
    out.append(bytes.data(), bytes.size());
}

std::shared_ptr<Segment const> get_segment(ByteReader& in, std::size_t multiple)
{
    if (in.get<std::uint8_t>() == 0) {
        auto const bytes = in.take(in.get<std::uint64_t>());
        if (bytes.size() % multiple != 0)
            throw ProtocolError(fmt::format("An array of {} bytes has no whole number of elements "
                                            "of {} bytes.",
                                            bytes.size(), multiple));
        return bytes.empty() ? nullptr : Segment::make_private(bytes);
    }
    auto const id = in.get<SegmentId>();
    if (source != nullptr)
        for (auto const& segment : source->segments)
            if (segment->handle().id == id && segment->bytes().size() % multiple == 0)
                return segment;
    throw ProtocolError(fmt::format("An array in memory that is shared ({:x}{:016x}) is not known "
                                    "to this process.",
                                    id.high, id.low));
}

} // namespace starmap::detail
