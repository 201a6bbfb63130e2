/// Computes the Mandelbrot set row by row, estimates its area, and may write a picture of it. The
/// rows through its middle cost hundreds of times as much as those at its edge.
#include "picture.hpp"

#include <starmap/starmap.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <span>
#include <string>
#include <vector>

struct Frame {
    std::uint32_t width = 800;
    std::uint32_t height = 600;
    std::uint32_t max_iter = 2000;

    /// The plane's square around the whole set, 2.5 wide, just fits into the picture.
    double pixel() const { return 2.5 / std::min(width, height); }
    double real(double x) const { return -0.75 + (x + 0.5 - 0.5 * width) * pixel(); }
    double imaginary(double y) const { return (0.5 * height - 0.5 - y) * pixel(); }
};

/// What a task sends back for a row: the general case, a type with a vector inside.
struct RenderedRow {
    std::uint32_t y = 0;
    std::uint64_t inside = 0; ///< pixels that belong to the set
    std::vector<std::uint8_t> shades;

    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& y& inside& shades;
    }
};

/// Steps until the point leaves the circle of radius 2; `most` if it stays.
std::uint32_t steps(double real, double imaginary, std::uint32_t most)
{
    double x = 0;
    double y = 0;
    std::uint32_t done = 0;
    for (; done < most && x * x + y * y <= 4; ++done) {
        auto const next = x * x - y * y + real;
        y = 2 * x * y + imaginary;
        x = next;
    }
    return done;
}

/// Dark near the set; the logarithm shows the outer bands too.
std::uint8_t shade(std::uint32_t n, std::uint32_t most)
{
    return static_cast<std::uint8_t>(255 * (1 - std::log1p(n) / std::log1p(most)));
}

std::vector<RenderedRow> render(std::span<std::uint32_t const> rows, Frame const& frame)
{
    std::vector<RenderedRow> rendered;
    for (auto const y : rows) {
        RenderedRow row{y, 0, std::vector<std::uint8_t>(frame.width)};
        for (std::uint32_t x = 0; x < frame.width; ++x) {
            auto const n = steps(frame.real(x), frame.imaginary(y), frame.max_iter);
            if (n == frame.max_iter)
                ++row.inside; // and stays black
            else
                row.shades[x] = shade(n, frame.max_iter);
        }
        rendered.push_back(std::move(row));
    }
    return rendered;
}

/// What a row costs, from 32 of its points and few steps: points that are still inside after those
/// are taken to stay there.
double estimated_cost(std::uint32_t y, Frame const& frame)
{
    constexpr std::uint32_t points = 32;
    auto const most = std::min(frame.max_iter, std::uint32_t{200});
    double sum = points; // no row is free
    for (std::uint32_t i = 0; i < points; ++i) {
        auto const n =
            steps(frame.real((i + 0.5) * frame.width / points), frame.imaginary(y), most);
        sum += n == most ? frame.max_iter : n;
    }
    return sum;
}

int main(int argc, char** argv)
{
    return starmap::run(argc, argv, [&](starmap::Session& session) {
        Frame frame;
        std::string image;
        CLI::App options("Computes the area of the Mandelbrot set, and a picture of it.");
        options.add_option("--width", frame.width, "pixels in a row")
            ->check(CLI::Range(1, 65535))
            ->capture_default_str();
        options.add_option("--height", frame.height, "rows")
            ->check(CLI::Range(1, 65535))
            ->capture_default_str();
        options.add_option("--max-iter", frame.max_iter, "steps after which a point is inside")
            ->check(CLI::Range(1, 1'000'000'000))
            ->capture_default_str();
        options.add_option("--image", image, "file to write, .png or .pgm")
            ->check([](std::string const& path) {
                return Picture::is_known(path) ? std::string{}
                                               : path + " ends with neither .png nor .pgm";
            });
        try {
            options.parse(argc, argv);
        } catch (CLI::ParseError const& error) {
            return options.exit(error) == 0 ? 0 : 2; // --help is no error
        }

        std::vector<std::uint32_t> rows(frame.height);
        for (std::uint32_t y = 0; y < frame.height; ++y) rows[y] = y;
        auto const cost = [&frame](std::uint32_t y) { return estimated_cost(y, frame); };

        Picture picture(frame.width, frame.height);
        std::uint64_t inside = 0;
        auto tasks =
            session.apply(starmap::fn<render>, rows, starmap::shared(frame), {.weight = cost});
        for (auto const& rendered : tasks) {
            for (auto const& row : rendered) {
                std::copy(row.shades.begin(), row.shades.end(), picture.row(row.y).begin());
                inside += row.inside;
            }
        }
        if (!image.empty()) picture.write(image);
        auto const area = static_cast<double>(inside) * frame.pixel() * frame.pixel();
        std::cout << "area " << std::setprecision(10) << area << '\n';
        return 0;
    });
}
