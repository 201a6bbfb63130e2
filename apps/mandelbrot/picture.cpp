#include "picture.hpp"

#include <starmap/error.hpp>

#include <png.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace {

[[noreturn]] void refuse(std::string const& path, std::string const& why)
{
    throw starmap::IoError("cannot write \"" + path + "\" (" + why + "); give another --image");
}

/// libpng's simplified interface: no callbacks, and what it holds is given back at the end.
class PngImage {
public:
    PngImage(std::uint32_t width, std::uint32_t height)
    {
        std::memset(&image_, 0, sizeof image_);
        image_.version = PNG_IMAGE_VERSION;
        image_.width = width;
        image_.height = height;
        image_.format = PNG_FORMAT_GRAY;
    }
    PngImage(PngImage const&) = delete;
    PngImage& operator=(PngImage const&) = delete;
    ~PngImage() { png_image_free(&image_); }

    void write(std::string const& path, std::vector<std::uint8_t> const& shades)
    {
        auto const stride = static_cast<png_int_32>(image_.width);
        if (png_image_write_to_file(&image_, path.c_str(), 0, shades.data(), stride, nullptr) == 0)
            refuse(path, image_.message);
    }

private:
    png_image image_;
};

} // namespace

bool Picture::is_known(std::string const& path)
{
    return path.ends_with(".png") || path.ends_with(".pgm");
}

void Picture::write(std::string const& path) const
{
    if (path.ends_with(".png")) return write_png(path);
    if (path.ends_with(".pgm")) return write_pgm(path);
    throw starmap::UsageError("cannot write \"" + path +
                              "\" (its kind is not known); let it end with .png or .pgm");
}

void Picture::write_png(std::string const& path) const
{
    PngImage(width_, height_).write(path, shades_);
}

void Picture::write_pgm(std::string const& path) const
{
    std::ofstream out(path, std::ios::binary);
    out << "P5\n" << width_ << ' ' << height_ << "\n255\n";
    out.write(reinterpret_cast<char const*>(shades_.data()),
              static_cast<std::streamsize>(shades_.size()));
    out.close();
    if (!out) refuse(path, std::strerror(errno));
}
