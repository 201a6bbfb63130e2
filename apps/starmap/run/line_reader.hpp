#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace starmap::farm {

/// The longest line of a list, without its end, and the longest command that lines make [bytes].
inline constexpr std::size_t most_line_bytes = 1 << 20;

/// The lines of a file, FIFO, pipe or terminal, one after the other, without ever reading more of
/// it into memory than the longest line. A line ends at LF or CR LF, the last one at the end too; a
/// byte order mark of UTF-8 in front of the first is left out. The descriptor stays blocking, as
/// others may share it: it is asked before each read whether something is there.
class LineReader {
public:
    enum class Read : std::uint8_t {
        line,   ///< there is one
        end,    ///< there is none any more
        nothing ///< it would have had to wait
    };

    /// Opens a file, or takes stdin for "-". Throws IoError where that cannot be read: it is not
    /// there, may not be read, is a directory, or stdin is closed.
    explicit LineReader(std::string const& path);
    ~LineReader();
    LineReader(LineReader&& other) noexcept;
    LineReader& operator=(LineReader&&) = delete;

    /// The next line, good until the next call. Throws UsageError for a NUL byte and for a line
    /// that is too long, with its number, and IoError where reading fails; after that there is
    /// none.
    Read next(std::string_view& line, bool wait);
    /// The number of the line that next() gave last, from 1.
    std::uint64_t line() const noexcept { return line_; }
    /// As a user knows it: the path, or "standard input".
    std::string const& name() const noexcept { return name_; }
    /// True where reading may have to wait, and where nothing can be read a second time.
    bool is_stream() const noexcept { return is_stream_; }
    /// To poll for POLLIN where it is a stream, else -1.
    int wait_fd() const noexcept { return is_stream_ ? fd_ : -1; }
    /// Begins again with the first line. Only of what is no stream.
    void rewind();

private:
    bool take_line(std::string_view& line);
    std::string_view without_mark(std::string_view line);
    void check(std::string_view part);
    /// What follows that place of the buffer is not read any further, for that reason.
    void end_before(std::size_t bad_line, std::string const& problem);
    /// False where it would have to wait.
    bool fill(bool wait);
    bool something_there(bool wait);

    std::string name_;
    std::string buffer_;       ///< what was read; of it the lines that were given are
    std::size_t begin_ = 0;    ///< up to here
    std::size_t searched_ = 0; ///< and up to here no line ends
    std::string problem_;      ///< why it ends behind the buffer
    std::uint64_t offset_ = 0; ///< of the buffer's beginning within the file
    std::uint64_t line_ = 0;
    std::int64_t start_ = 0; ///< where the file stood when it was handed over
    int fd_ = -1;
    bool is_stream_ = false;
    bool ended_ = false;
};

} // namespace starmap::farm
