#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace starmap::detail {

/// A growing run of bytes, not initialised and grown in place where that is possible: what travels
/// is built in one. A std::vector would write every byte twice, which shows with gigabytes.
class Bytes {
public:
    Bytes() = default;
    /// `size` bytes of undefined content. Throws std::bad_alloc.
    explicit Bytes(std::size_t size) { resize(size); }
    /// Bytes of others, freed with their owner; what is appended is appended to a copy.
    static Bytes borrowed(std::span<std::byte> bytes, std::shared_ptr<void> owner) noexcept;
    Bytes(Bytes&& other) noexcept;
    Bytes& operator=(Bytes&& other) noexcept;
    Bytes(Bytes const&) = delete;
    Bytes& operator=(Bytes const&) = delete;
    ~Bytes();

    std::byte* data() noexcept { return data_; }
    std::byte const* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    std::size_t capacity() const noexcept { return capacity_; }
    bool empty() const noexcept { return size_ == 0; }
    std::span<std::byte const> view() const noexcept { return {data_, size_}; }

    /// Shrinks, or grows by bytes of undefined content. Throws std::bad_alloc.
    void resize(std::size_t size)
    {
        if (size > capacity_) grow(size);
        size_ = size;
    }
    void reserve(std::size_t capacity)
    {
        if (capacity > capacity_) reallocate(capacity);
    }
    void clear() noexcept { size_ = 0; }

    void append(void const* source, std::size_t size)
    {
        if (size == 0) return;
        auto const at = size_;
        resize(at + size);
        __builtin_memcpy(data_ + at, source, size);
    }
    /// Appends a trivially copyable value as it is.
    template <class T>
    void put(T const& value)
    {
        static_assert(std::is_trivially_copyable_v<T>);
        append(&value, sizeof value);
    }
    /// Appends the length as 4 bytes, then the text.
    void put_text(std::string_view text);
    /// Fills up with zeros to a multiple of 8 bytes: numbers behind it then lie as they must.
    void align()
    {
        constexpr std::uint64_t zeros = 0;
        append(&zeros, (8 - size_ % 8) % 8);
    }
    /// Overwrites the value at `at`, which put() wrote there.
    template <class T>
    void patch(std::size_t at, T const& value) noexcept
    {
        __builtin_memcpy(data_ + at, &value, sizeof value);
    }

private:
    void grow(std::size_t needed);
    void reallocate(std::size_t capacity);
    void free_memory() noexcept;

    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
    std::shared_ptr<void> owner_; ///< of what is borrowed; capacity_ is 0 then
};

/// Reads what Bytes wrote; never past the end.
class ByteReader {
public:
    explicit ByteReader(std::span<std::byte const> bytes) noexcept : bytes_(bytes) {}

    std::size_t left() const noexcept { return bytes_.size(); }
    std::span<std::byte const> view() const noexcept { return bytes_; }

    /// Throws ProtocolError if fewer than `size` bytes are left.
    std::span<std::byte const> take(std::size_t size)
    {
        if (size > bytes_.size()) refuse(size);
        auto const head = bytes_.first(size);
        bytes_ = bytes_.subspan(size);
        return head;
    }
    /// The same, but then nothing is left: nobody knows where what comes behind begins.
    std::span<std::byte const> take_value(std::size_t size)
    {
        return size <= bytes_.size() ? take(size) : refuse_all(size);
    }
    void copy(void* target, std::size_t size)
    {
        auto const head = take(size);
        if (size != 0) __builtin_memcpy(target, head.data(), size);
    }
    template <class T>
    T get()
    {
        static_assert(std::is_trivially_copyable_v<T>);
        T value;
        copy(&value, sizeof value);
        return value;
    }
    std::string get_text();
    /// Throws ProtocolError if more is left than what fills up to a multiple of 8 bytes.
    void expect_end() const
    {
        if (left() >= sizeof(std::uint64_t)) refuse_rest();
    }

private:
    [[noreturn]] void refuse(std::size_t wanted) const;
    [[noreturn]] std::span<std::byte const> refuse_all(std::size_t wanted);
    [[noreturn]] void refuse_rest() const;

    std::span<std::byte const> bytes_;
};

} // namespace starmap::detail
