#include "text_pieces.hpp"

#include <starmap/error.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace {

constexpr std::size_t least = 4096;
constexpr std::size_t most = 65536;

[[noreturn]] void refuse(std::string const& file, std::string const& why)
{
    throw starmap::IoError("cannot read \"" + file + "\" (" + why + "); give readable text files");
}

void check_readable(std::string const& file)
{
    if (std::filesystem::is_directory(file)) refuse(file, "it is a directory");
    if (::access(file.c_str(), R_OK) != 0) refuse(file, std::strerror(errno));
}

} // namespace

TextPieces::TextPieces(std::vector<std::string> files) : files_(std::move(files))
{
    for (auto const& file : files_) check_readable(file);
}

void TextPieces::next()
{
    piece_.clear();
    for (; piece_.empty() && file_ < files_.size(); ++file_) {
        if (!in_.is_open()) {
            in_.open(files_[file_], std::ios::binary);
            if (!in_) refuse(files_[file_], std::strerror(errno));
        }
        piece_.resize(least);
        in_.read(piece_.data(), least);
        piece_.resize(static_cast<std::size_t>(in_.gcount()));
        for (char letter = 0; piece_.size() < most && letter != '\n' && in_.get(letter);)
            piece_ += letter;
        if (in_.bad()) refuse(files_[file_], std::strerror(errno));
        if (!piece_.empty()) break; // the same file again next time
        in_.close();
        in_.clear();
    }
    bytes_ += piece_.size();
}
