#include "transport/socket_line.hpp"

#include <starmap/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <utility>

namespace starmap::transport {

namespace {

constexpr std::size_t buffer_size = std::size_t{16} << 10;
constexpr int socket_buffer = 1 << 20;
constexpr std::size_t length_size = sizeof(std::uint64_t);
constexpr std::size_t most_vectors = 64;
// A length may come from a process whose memory a task has spoilt: no more memory than this is
// taken on its word.
constexpr std::size_t believed = std::size_t{256} << 20;
// In place of a length: the frame is in a slot, whose number follows behind these bits.
constexpr std::uint64_t slot_mark = std::uint64_t{1} << 63;
constexpr unsigned slot_shift = 48;
constexpr std::uint64_t longest = std::uint64_t{1} << 46;

/// The parts of a frame on the line behind its first `skip` bytes.
std::size_t gather(std::uint64_t const& length, wire::Parcel const& parcel, std::size_t skip,
                   std::span<iovec> vectors)
{
    std::size_t count = 0;
    auto const add = [&](void const* data, std::size_t size) {
        auto const passed = std::min(skip, size);
        skip -= passed;
        if (size == passed || count == vectors.size()) return;
        vectors[count++] = {const_cast<std::byte*>(static_cast<std::byte const*>(data)) + passed,
                            size - passed};
    };
    add(&length, sizeof length);
    add(parcel.head.data(), parcel.head.size());
    add(parcel.body.data(), parcel.body.size());
    for (auto const& part : parcel.more) add(part.bytes.data(), part.bytes.size());
    return count;
}

} // namespace

SocketLine::SocketLine(int socket, std::shared_ptr<FrameSlots> slots, bool writes)
    : socket_(socket),
      slots_(std::move(slots)),
      writes_(writes),
      buffer_(buffer_size)
{
    ::fcntl(socket_, F_SETFL, ::fcntl(socket_, F_GETFL) | O_NONBLOCK);
    ::fcntl(socket_, F_SETFD, FD_CLOEXEC);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDBUF, &socket_buffer, sizeof socket_buffer);
}

SocketLine::~SocketLine() { ::close(socket_); }

void SocketLine::send(wire::Parcel parcel)
{
    if (closed_) return;
    auto const size = parcel.size();
    sending_.push_back({.length = size, .parcel = std::move(parcel)});
    unsent_ += size;
    if (sending_.size() == 1) flush();
}

void SocketLine::flush()
{
    while (!sending_.empty() && write_some(sending_.front())) {
        unsent_ -= sending_.front().parcel.size();
        sending_.pop_front();
    }
}

/// True once the frame has left, or never will.
bool SocketLine::write_some(Sending& sending)
{
    if (sending.sent == 0 && !sending.in_slot && slots_ && writes_ &&
        sending.length >= FrameSlots::worth_it && sending.length <= FrameSlots::size &&
        !put_into_slot(sending))
        return false;
    auto const whole = length_size + sending.parcel.size();
    while (sending.sent < whole) {
        std::array<iovec, most_vectors> vectors{};
        msghdr message{};
        message.msg_iov = vectors.data();
        message.msg_iovlen = gather(sending.length, sending.parcel, sending.sent, vectors);
        auto const sent = ::sendmsg(socket_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            sending.sent += static_cast<std::size_t>(sent);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
            return false;
        } else if (errno != EINTR) {
            return true; // the other end is gone, which reading finds out too
        }
    }
    return true;
}

/// False if none is free: the other end still reads.
bool SocketLine::put_into_slot(Sending& sending)
{
    auto const slot = slots_->take();
    if (!slot) return false;
    auto* to = slots_->data(*slot);
    auto const put = [&](std::span<std::byte const> bytes) {
        if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
        to += bytes.size();
    };
    put(sending.parcel.head.view());
    put(sending.parcel.body);
    for (auto const& part : sending.parcel.more) put(part.bytes);
    unsent_ -= sending.parcel.size();
    sending.parcel = wire::Parcel(detail::Bytes{});
    sending.in_slot = true;
    sending.length |= slot_mark | std::uint64_t{*slot} << slot_shift;
    return true;
}

std::optional<detail::Bytes> SocketLine::poll()
{
    flush();
    for (;;) {
        if (auto frame = take_frame()) return frame;
        if (!read_some()) return std::nullopt;
    }
}

/// False if nothing has come.
bool SocketLine::read_some()
{
    if (closed_) return false;
    std::byte* to = nullptr;
    std::size_t room = 0;
    if (large_size_ != 0) {
        // It grows as it comes, should it be longer than can be believed.
        if (large_read_ == large_.size())
            large_.resize(std::min<std::size_t>(large_size_, 2 * large_.size()));
        to = large_.data() + large_read_;
        room = large_.size() - large_read_;
    } else {
        if (begin_ == end_) begin_ = end_ = 0;
        if (end_ == buffer_.size()) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            end_ -= std::exchange(begin_, 0);
        }
        to = buffer_.data() + end_;
        room = buffer_.size() - end_;
    }
    auto const came = ::recv(socket_, to, room, MSG_DONTWAIT);
    if (came > 0) {
        (large_size_ != 0 ? large_read_ : end_) += static_cast<std::size_t>(came);
        return true;
    }
    if (came < 0 && errno == EINTR) return true;
    if (came < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
    closed_ = true;
    sending_.clear();
    unsent_ = 0;
    return false;
}

std::optional<detail::Bytes> SocketLine::take_frame()
{
    if (large_size_ != 0) {
        if (large_read_ < large_size_) return std::nullopt;
        large_size_ = 0;
        return std::move(large_);
    }
    auto const left = end_ - begin_;
    if (left < length_size) return std::nullopt;
    std::uint64_t length = 0;
    std::memcpy(&length, buffer_.data() + begin_, length_size);
    if ((length & slot_mark) != 0 && slots_ && !writes_) {
        auto const slot = static_cast<std::uint32_t>((length & ~slot_mark) >> slot_shift);
        auto const bytes = length & ((std::uint64_t{1} << slot_shift) - 1);
        if (slot < FrameSlots::count && bytes <= FrameSlots::size) {
            begin_ += length_size;
            return slots_->frame(slot, bytes, slots_);
        }
    }
    if (length > longest)
        throw ProtocolError("A frame from a process of this machine has a length that none has "
                            "(its memory may have been overwritten).");
    auto const* const bytes = buffer_.data() + begin_ + length_size;
    if (left - length_size >= length) {
        detail::Bytes frame;
        frame.append(bytes, length);
        begin_ += length_size + length;
        return frame;
    }
    if (length + length_size <= buffer_.size()) return std::nullopt;
    large_ = detail::Bytes(std::min<std::size_t>(length, believed));
    large_size_ = length;
    large_read_ = left - length_size;
    std::memcpy(large_.data(), bytes, large_read_);
    begin_ = end_ = 0;
    return std::nullopt;
}

void SocketTransport::send(Peer, wire::Parcel parcel) { line_.send(std::move(parcel)); }

std::optional<Incoming> SocketTransport::poll()
{
    if (auto frame = line_.poll()) return Incoming{0, std::move(*frame)};
    if (line_.closed()) throw IoError("The process that this one works for is gone.");
    return std::nullopt;
}

} // namespace starmap::transport
