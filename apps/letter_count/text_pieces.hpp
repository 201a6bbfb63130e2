#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

/// The text of some files, cut into pieces of whole lines: an input range that reads a piece only
/// when it is asked for the next, so that the files need not fit into memory. A piece ends at the
/// first line's end after 4 KiB, or at 64 KiB.
class TextPieces {
public:
    /// Throws starmap::IoError for a file that is missing, unreadable or a directory: all are
    /// looked at before any is read.
    explicit TextPieces(std::vector<std::string> files);

    class iterator {
    public:
        using value_type = std::string;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;

        iterator() = default;
        explicit iterator(TextPieces& pieces) : pieces_(&pieces) {}
        std::string const& operator*() const { return pieces_->piece_; }
        iterator& operator++()
        {
            pieces_->next();
            return *this;
        }
        void operator++(int) { pieces_->next(); }
        bool operator==(std::default_sentinel_t) const { return pieces_->piece_.empty(); }

    private:
        TextPieces* pieces_ = nullptr;
    };

    iterator begin()
    {
        next();
        return iterator(*this);
    }
    std::default_sentinel_t end() const { return {}; }

    /// Bytes read so far.
    std::uint64_t bytes() const noexcept { return bytes_; }

private:
    void next();

    std::vector<std::string> files_;
    std::size_t file_ = 0;
    std::ifstream in_;
    std::string piece_; ///< empty at the end
    std::uint64_t bytes_ = 0;
};
