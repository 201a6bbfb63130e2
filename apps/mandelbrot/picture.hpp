#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// A picture in shades of grey, 0 black to 255 white, row by row from the top.
class Picture {
public:
    Picture(std::uint32_t width, std::uint32_t height)
        : width_(width),
          height_(height),
          shades_(std::size_t{width} * height)
    {
    }

    std::span<std::uint8_t> row(std::uint32_t y)
    {
        return std::span(shades_).subspan(std::size_t{y} * width_, width_);
    }

    /// Whether write() knows the kind of file from its name: .png or .pgm.
    static bool is_known(std::string const& path);
    /// Throws starmap::IoError if the file cannot be written, starmap::UsageError if its kind is
    /// not known.
    void write(std::string const& path) const;

private:
    void write_png(std::string const& path) const;
    void write_pgm(std::string const& path) const;

    std::uint32_t width_;
    std::uint32_t height_;
    std::vector<std::uint8_t> shades_;
};
