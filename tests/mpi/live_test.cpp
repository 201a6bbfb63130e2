// Input that has nothing now, and more later.
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// The lines that come of a pipe, as they come.
class Lines {
public:
    class iterator {
    public:
        using value_type = std::string;
        using difference_type = std::ptrdiff_t;
        iterator() = default;
        explicit iterator(Lines& lines) : lines_(&lines) {}
        std::string operator*() const { return lines_->lines_.front(); }
        iterator& operator++()
        {
            lines_->lines_.pop_front();
            lines_->fill();
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return lines_->lines_.empty(); }

    private:
        Lines* lines_ = nullptr;
    };

    explicit Lines(int file) : file_(file) {}
    iterator begin()
    {
        fill();
        return iterator(*this);
    }
    std::default_sentinel_t end() const { return {}; }
    int wait_fd() const { return file_; }
    /// The next element is the one behind the front.
    bool ready()
    {
        auto const wanted = begun_ ? 2U : 1U;
        while (lines_.size() < wanted && !ended_ && take(0)) {
        }
        return lines_.size() >= wanted || ended_;
    }

private:
    void fill()
    {
        begun_ = true;
        while (lines_.empty() && !ended_) take(-1);
    }
    bool take(int milliseconds)
    {
        pollfd waits{.fd = file_, .events = POLLIN, .revents = 0};
        if (::poll(&waits, 1, milliseconds) < 1) return false;
        char bytes[1024];
        auto const got = ::read(file_, bytes, sizeof bytes);
        if (got < 0) throw std::runtime_error("the pipe cannot be read");
        ended_ = got == 0;
        for (char const* at = bytes; at < bytes + got; ++at) {
            if (*at != '\n') {
                part_ += *at;
                continue;
            }
            lines_.push_back(std::exchange(part_, {}));
        }
        return true;
    }

    int file_;
    bool begun_ = false;
    bool ended_ = false;
    std::string part_;
    std::deque<std::string> lines_;
};

class Scratch {
public:
    Scratch()
    {
        std::random_device device;
        path_ = fs::temp_directory_path() /
                ("starmap_live_" + std::to_string(device()) + std::to_string(device()));
        fs::create_directory(path_);
    }
    Scratch(Scratch const&) = delete;
    Scratch& operator=(Scratch const&) = delete;
    ~Scratch()
    {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    std::string path() const { return path_.string(); }

private:
    fs::path path_;
};

/// A process that writes lines to a pipe.
class Writer {
public:
    explicit Writer(std::string const& script) : pipe_(::popen(script.c_str(), "r"))
    {
        REQUIRE(pipe_ != nullptr);
    }
    Writer(Writer const&) = delete;
    Writer& operator=(Writer const&) = delete;
    ~Writer() { ::pclose(pipe_); }
    int file() const { return ::fileno(pipe_); }

private:
    std::FILE* pipe_;
};

/// Writes "0" to "count - 1", each when the file of the one before is there.
std::string one_by_one(std::string const& folder, int count)
{
    return "cd '" + folder + "'; i=0; while [ $i -lt " + std::to_string(count) +
           " ]; do printf '%s' $i; sleep 0.002; echo; while [ ! -e done.$i ]; do sleep 0.005; "
           "done; "
           "i=$((i+1)); done";
}

struct Touch {
    std::string folder;
    std::string operator()(std::string const& line) const
    {
        std::ofstream{folder + "/done." + line};
        return line;
    }
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& folder;
    }
};
std::string as_it_came(std::string const& line) { return line; }

std::vector<std::string> lines_to(int count)
{
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i) all.push_back(std::to_string(i));
    return all;
}

} // namespace

// Each of them hangs where a line is not handed out before the next one is there.
TEST_CASE("what has come is run while more is awaited")
{
    Scratch const scratch;
    constexpr int count = 12;
    Touch const touch{scratch.path()};
    starmap::Options<std::string> options;
    SUBCASE("as it comes") {}
    SUBCASE("in order of weights")
    {
        options.weight = [](std::string const& line) { return static_cast<double>(line.size()); };
    }
    SUBCASE("by keys")
    {
        options.key = [](std::string const& line) { return line.back(); };
    }
    Writer const writer(one_by_one(scratch.path(), count));
    SUBCASE("and its results are taken as they come")
    {
        std::vector<std::string> got;
        for (auto& line : session()
                              .starmap(touch, Lines(writer.file()), options)
                              .results(starmap::Order::arrival))
            got.push_back(line);
        CHECK(got == lines_to(count));
    }
    SUBCASE("map too")
    {
        CHECK(session().map(touch, Lines(writer.file()), options).collect() == lines_to(count));
    }
    SUBCASE("and all are collected")
    {
        CHECK(session().starmap(touch, Lines(writer.file()), options).collect() == lines_to(count));
    }
}

TEST_CASE("many lines at once, and none")
{
    for (int const count : {0, 1, 5000}) {
        CAPTURE(count);
        Writer const writer("i=0; while [ $i -lt " + std::to_string(count) +
                            " ]; do echo $i; i=$((i+1)); done");
        Lines lines(writer.file());
        CHECK(session().starmap(starmap::fn<as_it_came>, lines).collect() == lines_to(count));
    }
}

TEST_CASE("other Starmaps go on while one has nothing to read")
{
    Scratch const scratch;
    Writer const writer(one_by_one(scratch.path(), 5));
    std::vector<std::string> got;
    Touch const touch{scratch.path()};
    for (auto& line :
         session().starmap(touch, Lines(writer.file())).results(starmap::Order::arrival)) {
        got.push_back(line);
        CHECK(session().map([](int i) { return i; }, std::vector<int>(100, 1)).reduce() == 100);
    }
    CHECK(got == lines_to(5));
}

TEST_CASE("who leaves the results early does not wait for more input")
{
    // The writer goes on until nobody reads.
    Writer const writer("trap 'exit 0' PIPE; while echo line; do sleep 0.01; done 2>/dev/null");
    int taken = 0;
    for (auto& line : session()
                          .starmap(starmap::fn<as_it_came>, Lines(writer.file()))
                          .results(starmap::Order::arrival)) {
        CHECK(line == "line");
        if (++taken == 3) break;
    }
    CHECK(session().map([](int i) { return i; }, std::vector<int>(100, 1)).reduce() == 100);
}

TEST_CASE("what reading throws comes out of the consumer")
{
    CHECK_THROWS_AS(
        session().starmap(starmap::fn<as_it_came>, Lines(::open(".", O_RDONLY))).collect(),
        std::runtime_error);
    CHECK(session().map([](int i) { return i; }, std::vector<int>(100, 1)).reduce() == 100);
}

namespace {

/// A generator that says by how many it is to be put in order.
struct Windowed {
    struct iterator {
        using value_type = int;
        using difference_type = std::ptrdiff_t;
        int at = 0;
        int count = 0;
        int operator*() const { return at; }
        iterator& operator++()
        {
            ++at;
            return *this;
        }
        void operator++(int) { ++at; }
        bool operator==(std::default_sentinel_t) const { return at == count; }
    };
    iterator begin() const { return {0, count}; }
    std::default_sentinel_t end() const { return {}; }
    std::uint64_t window() const { return size; }
    int count = 0;
    std::uint64_t size = 0;
};

} // namespace

TEST_CASE("a range says by how many it is put in order")
{
    auto const same_number = [](int i) { return i; };
    auto const weight = [](int i) { return static_cast<double>(i); };
    auto const order = [&](std::uint64_t window) {
        std::vector<int> got;
        for (auto const i : session()
                                .starmap(same_number, Windowed{6, window}, {.weight = weight})
                                .results(starmap::Order::canonical))
            got.push_back(i);
        return got;
    };
    CHECK(order(3) == std::vector{2, 1, 0, 5, 4, 3});
    CHECK(order(100) == std::vector{5, 4, 3, 2, 1, 0});
    CHECK(order(0) == std::vector{0, 1, 2, 3, 4, 5});
}
