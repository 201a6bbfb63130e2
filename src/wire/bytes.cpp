#include <starmap/detail/bytes.hpp>
#include <starmap/error.hpp>

#include "wire/block_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

namespace starmap::detail {

Bytes::Bytes(Bytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)),
      owner_(std::move(other.owner_))
{
}

Bytes Bytes::borrowed(std::span<std::byte> bytes, std::shared_ptr<void> owner) noexcept
{
    Bytes borrowed;
    borrowed.data_ = bytes.data();
    borrowed.size_ = bytes.size();
    borrowed.owner_ = std::move(owner);
    return borrowed;
}

Bytes& Bytes::operator=(Bytes&& other) noexcept
{
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    std::swap(owner_, other.owner_);
    return *this;
}

Bytes::~Bytes() { free_memory(); }

void Bytes::put_text(std::string_view text)
{
    if (text.size() > std::numeric_limits<std::uint32_t>::max())
        throw UsageError(fmt::format("A text of {} bytes does not fit into a message header (its "
                                     "limit is 4 GiB). Shorten it.",
                                     text.size()));
    put(static_cast<std::uint32_t>(text.size()));
    append(text.data(), text.size());
}

void Bytes::grow(std::size_t needed)
{
    reallocate(std::max({needed, capacity_ + capacity_ / 2, std::size_t{64}}));
}

void Bytes::reallocate(std::size_t capacity)
{
    if (owner_) {
        Bytes copy;
        copy.reserve(std::max(capacity, size_));
        copy.append(data_, size_);
        *this = std::move(copy);
        return;
    }
    if (capacity < wire::large_block) {
        auto* const moved = static_cast<std::byte*>(std::realloc(data_, capacity));
        if (moved == nullptr) throw std::bad_alloc();
        data_ = moved;
        capacity_ = capacity;
        return;
    }
    wire::Block block;
    if (capacity_ >= wire::large_block) {
        block = wire::grow_block({data_, capacity_}, capacity);
    } else {
        block = wire::take_block(capacity);
        if (size_ != 0) std::memcpy(block.address, data_, size_);
        std::free(data_);
    }
    data_ = static_cast<std::byte*>(block.address);
    capacity_ = block.size;
}

void Bytes::free_memory() noexcept
{
    if (owner_) return;
    if (capacity_ >= wire::large_block)
        wire::give_back({data_, capacity_});
    else
        std::free(data_);
}

std::string ByteReader::get_text()
{
    auto const text = take(get<std::uint32_t>());
    return {reinterpret_cast<char const*>(text.data()), text.size()};
}

void ByteReader::refuse(std::size_t wanted) const
{
    throw ProtocolError(fmt::format("A message ends too early ({} bytes wanted, {} left). It was "
                                    "cut off, or what was written is not what is read.",
                                    wanted, bytes_.size()));
}

std::span<std::byte const> ByteReader::refuse_all(std::size_t wanted)
{
    auto const all = *this;
    bytes_ = {};
    all.refuse(wanted);
}

void ByteReader::refuse_rest() const
{
    throw ProtocolError(fmt::format("The last {} bytes of a value were not read. What was written "
                                    "is not what is read: check that serialize() is the same both "
                                    "ways.",
                                    bytes_.size()));
}

} // namespace starmap::detail
