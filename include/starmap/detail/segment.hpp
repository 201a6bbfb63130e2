#pragma once

#include <starmap/detail/bytes.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace starmap::detail {

/// A name that no other segment has: 128 random bits.
struct SegmentId {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    auto operator<=>(SegmentId const&) const = default;
};

/// Where a process of the same node finds a segment: its file, at /proc/PID/fd/FD.
struct SegmentHandle {
    SegmentId id;
    std::uint64_t bytes = 0;
    std::int64_t pid = 0;
    std::int64_t fd = -1; ///< below 0: nowhere, its bytes must be sent
};

/// Bytes that nobody changes any more. They lie in an anonymous file in memory that other processes
/// of the node can map too, so that it is there once; or in ordinary memory, where that is not
/// possible or not worth a file.
class Segment {
public:
    /// Below this a segment is not worth a file descriptor and a page of its own.
    static constexpr std::size_t shared_from = 64 * 1024;

    /// Copies the bytes. Throws std::bad_alloc.
    static std::shared_ptr<Segment const> make(std::span<std::byte const> bytes);
    /// The same under the name of a segment on another node, always shared if that is possible.
    static std::shared_ptr<Segment const> make_shared(std::span<std::byte const> bytes,
                                                      SegmentId id);
    /// The same in ordinary memory.
    static std::shared_ptr<Segment const> make_private(std::span<std::byte const> bytes,
                                                       SegmentId id = {});
    /// The segment of another process of this node, or of this one; null if it cannot be reached,
    /// or is not the one that the handle tells of.
    static std::shared_ptr<Segment const> attach(SegmentHandle const& handle);

    Segment(Segment const&) = delete;
    Segment& operator=(Segment const&) = delete;
    ~Segment();

    std::span<std::byte const> bytes() const noexcept { return bytes_; }
    bool is_shared() const noexcept { return mapping_ != nullptr; }
    /// fd is below 0 if it is not shared.
    SegmentHandle const& handle() const noexcept { return handle_; }

private:
    Segment() = default;
    static std::shared_ptr<Segment> make_file(std::span<std::byte const> bytes, SegmentId id);
    static std::shared_ptr<Segment> attach_file(SegmentHandle const& handle);
    bool map(int file, std::size_t bytes);

    std::span<std::byte const> bytes_;
    SegmentHandle handle_;
    Bytes own_;               ///< not shared
    void* mapping_ = nullptr; ///< shared: the page of the header, then the bytes
    std::size_t mapped_ = 0;
    int file_ = -1; ///< open in the process that made it, for those that attach
};

/// While one lives, segments that this thread packs are noted in it, and only their names written:
/// what is packed then reaches processes that get the segments by another way.
class SegmentCollector {
public:
    struct Note {
        std::shared_ptr<Segment const> segment;
        std::size_t at = 0; ///< where its name stands in what is packed, for the first time
    };
    SegmentCollector() noexcept;
    SegmentCollector(SegmentCollector const&) = delete;
    SegmentCollector& operator=(SegmentCollector const&) = delete;
    ~SegmentCollector();

    std::vector<Note> notes;

private:
    SegmentCollector* outer_;
};

/// While one lives, names of segments that this thread unpacks are looked up in it.
class SegmentSource {
public:
    /// The segments must outlive it.
    explicit SegmentSource(std::span<std::shared_ptr<Segment const> const> segments) noexcept;
    SegmentSource(SegmentSource const&) = delete;
    SegmentSource& operator=(SegmentSource const&) = delete;
    ~SegmentSource();

    std::span<std::shared_ptr<Segment const> const> segments;

private:
    SegmentSource* outer_;
};

/// Appends a segment, by name or with all its bytes; null counts as empty.
void put_segment(Bytes& out, std::shared_ptr<Segment const> const& segment);
/// Reads what put_segment wrote; null for an empty one. Throws ProtocolError for a name that is not
/// known here, or for `bytes % multiple != 0`.
std::shared_ptr<Segment const> get_segment(ByteReader& in, std::size_t multiple);

} // namespace starmap::detail
