#include <starmap/detail/segment.hpp>

#include "base/log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <utility>

namespace starmap::detail {

namespace {

constexpr std::uint64_t segment_magic = 0x746e656d67655353; // "SSegment"
constexpr std::size_t header_bytes = 4096; // a page, so that the bytes begin with one

/// At the beginning of the file: tells that it is the one that was meant.
struct FileHeader {
    std::uint64_t magic = 0;
    SegmentId id;
    std::uint64_t bytes = 0;
};

/// A file descriptor, closed in the end.
class File {
public:
    explicit File(int descriptor) noexcept : descriptor_(descriptor) {}
    File(File const&) = delete;
    File& operator=(File const&) = delete;
    ~File()
    {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    int get() const noexcept { return descriptor_; }
    int release() noexcept { return std::exchange(descriptor_, -1); }

private:
    int descriptor_;
};

/// The segments that are alive in this process and that others may attach to.
struct Known {
    std::mutex mutex;
    std::map<SegmentId, std::weak_ptr<Segment const>> segments;
};
Known& known()
{
    static Known* const one = new Known; // outlives every array with static storage
    return *one;
}

std::shared_ptr<Segment const> remember(std::shared_ptr<Segment const> segment)
{
    auto& in = known();
    std::scoped_lock const lock(in.mutex);
    in.segments[segment->handle().id] = segment;
    return segment;
}

std::shared_ptr<Segment const> recall(SegmentId id)
{
    auto& in = known();
    std::scoped_lock const lock(in.mutex);
    auto const found = in.segments.find(id);
    return found == in.segments.end() ? nullptr : found->second.lock();
}

void say_once(char const* what)
{
    static std::atomic<bool> said{false};
    auto const why = errno;
    if (!said.exchange(true))
        base::log_debug("Large arrays are not shared on this node: {} failed ({})", what,
                        std::strerror(why));
}

SegmentId random_id()
{
    SegmentId id;
    if (::getrandom(&id, sizeof id, 0) == static_cast<ssize_t>(sizeof id)) return id;
    std::random_device device;
    auto const half = [&] { return (std::uint64_t{device()} << 32) | device(); };
    return {half(), half()};
}

int anonymous_file()
{
    constexpr unsigned no_exec = 0x8; // MFD_NOEXEC_SEAL, which newer kernels may insist on
    constexpr unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    auto const file = ::memfd_create("starmap", flags | no_exec);
    return file >= 0 || errno != EINVAL ? file : ::memfd_create("starmap", flags);
}

/// Writing is quicker than copying into a mapping, which takes a fault for each page.
bool write_all(int file, std::span<std::byte const> bytes, std::size_t at)
{
    while (!bytes.empty()) {
        auto const written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        at += static_cast<std::size_t>(written);
    }
    return true;
}

} // namespace

std::shared_ptr<Segment const> Segment::make(std::span<std::byte const> bytes)
{
    return bytes.size() < shared_from ? make_private(bytes) : make_shared(bytes, random_id());
}

std::shared_ptr<Segment const> Segment::make_shared(std::span<std::byte const> bytes, SegmentId id)
{
    if (auto file = make_file(bytes, id)) return remember(std::move(file));
    return make_private(bytes, id);
}

std::shared_ptr<Segment const> Segment::make_private(std::span<std::byte const> bytes, SegmentId id)
{
    std::shared_ptr<Segment> segment(new Segment);
    segment->own_.append(bytes.data(), bytes.size());
    segment->bytes_ = segment->own_.view();
    segment->handle_ = {.id = id, .bytes = bytes.size()};
    return segment;
}

std::shared_ptr<Segment> Segment::make_file(std::span<std::byte const> bytes, SegmentId id)
{
    File file(anonymous_file());
    if (file.get() < 0) {
        say_once("memfd_create");
        return nullptr;
    }
    FileHeader const header{.magic = segment_magic, .id = id, .bytes = bytes.size()};
    std::shared_ptr<Segment> segment(new Segment);
    // Sealed, it can change neither in size nor in content, whoever tries.
    if (!write_all(file.get(), std::as_bytes(std::span(&header, 1)), 0) ||
        !write_all(file.get(), bytes, header_bytes) ||
        ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0 ||
        !segment->map(file.get(), bytes.size())) {
        say_once("writing to memory that is shared");
        return nullptr;
    }
    segment->file_ = file.release();
    segment->handle_ = {.id = id, .bytes = bytes.size(), .pid = ::getpid(), .fd = segment->file_};
    return segment;
}

bool Segment::map(int file, std::size_t bytes)
{
    void* const address = ::mmap(nullptr, header_bytes + bytes, PROT_READ, MAP_SHARED, file, 0);
    if (address == MAP_FAILED) return false;
    mapping_ = address;
    mapped_ = header_bytes + bytes;
    bytes_ = {static_cast<std::byte const*>(address) + header_bytes, bytes};
    return true;
}

std::shared_ptr<Segment const> Segment::attach(SegmentHandle const& handle)
{
    if (auto segment = recall(handle.id)) return segment;
    if (auto segment = attach_file(handle)) return remember(std::move(segment));
    return nullptr;
}

std::shared_ptr<Segment> Segment::attach_file(SegmentHandle const& handle)
{
    if (handle.fd < 0) return nullptr;
    // It may be another file by now, even one whose opening would wait.
    auto const path = fmt::format("/proc/{}/fd/{}", handle.pid, handle.fd);
    File const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat status {};
    FileHeader header;
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
        static_cast<std::uint64_t>(status.st_size) != header_bytes + handle.bytes ||
        (::fcntl(file.get(), F_GET_SEALS) & F_SEAL_SHRINK) == 0 ||
        ::pread(file.get(), &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header))
        return nullptr;
    if (header.magic != segment_magic || header.id != handle.id || header.bytes != handle.bytes)
        return nullptr;
    std::shared_ptr<Segment> segment(new Segment);
    if (!segment->map(file.get(), handle.bytes)) return nullptr;
    segment->handle_ = handle;
    return segment;
}

Segment::~Segment()
{
    if (mapping_ == nullptr) return;
    {
        auto& in = known();
        std::scoped_lock const lock(in.mutex);
        auto const found = in.segments.find(handle_.id);
        if (found != in.segments.end() && found->second.expired()) in.segments.erase(found);
    }
    ::munmap(mapping_, mapped_);
    if (file_ >= 0) ::close(file_);
}

} // namespace starmap::detail
