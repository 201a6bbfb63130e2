/// Runs tasks of which one, or some, die in the way that is named; prints what became of them.
///
///     casualties WAY [FORM] [--items N] [--every N] [--retries N] [--raise] [--seconds S]
///
/// WAY: segv bus fpe ill abort exit _exit terminate overflow throw bad_alloc loop eat kill fds
/// forge serialize print devour none, or several with commas between, which take turns. FORM: map
/// (default), starmap, apply, or runs: a map whose every run of an item is a line of the file
/// "runs". Every so many-th item dies.
#include <starmap/starmap.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <new>
#include <span>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Way {
    std::string name;
    long every = 0;
    double seconds = 0;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& name& every& seconds;
    }
};

/// Its serialize() throws for the value that dies.
struct Number {
    long value = 0;
    bool poisoned = false;
    Number& operator+=(Number const& other)
    {
        value += other.value;
        return *this;
    }
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        if (poisoned) throw std::runtime_error("this number does not travel");
        archive& value& poisoned;
    }
};

/// Sends what looks like a result, of a chunk that there is not, on every socket there is.
void forge()
{
    struct Frame {
        std::uint64_t length = 120;
        std::uint32_t magic = 0x50415453;
        std::uint16_t version = 1;
        std::uint16_t kind = 8; // result
        std::uint32_t job = 1;
        std::uint32_t body = 104;
        std::array<char, 104> rest{};
    } const frame;
    static_assert(sizeof frame == 128);
    for (int file = 3; file < 256; ++file)
        if (::send(file, &frame, sizeof frame, MSG_NOSIGNAL) == sizeof frame) ::sleep(60);
}

int deepen(int volatile* above)
{
    int volatile room[4096];
    room[0] = *above + 1;
    return room[0] == 0 ? 0 : deepen(room) + room[0]; // the stack ends long before it is 0
}

/// What a sensible compiler must not look through.
template <class T>
T* volatile nowhere = nullptr;

void die(std::string const& way)
{
    int volatile zero = 0;
    if (way == "segv") *nowhere<int> = 1;
    if (way == "bus") std::raise(SIGBUS);
    if (way == "fpe") std::exit(7 / zero);
    if (way == "ill") __builtin_trap();
    if (way == "abort") std::abort();
    if (way == "exit") std::exit(7);
    if (way == "_exit") ::_exit(0);
    if (way == "terminate") std::terminate();
    if (way == "overflow") deepen(&zero);
    if (way == "throw") throw 42;
    if (way == "bad_alloc") throw std::bad_alloc();
    if (way == "kill") std::raise(SIGKILL);
    if (way == "loop")
        for (std::chrono::steady_clock clock;;) (void)clock.now();
    if (way == "forge") forge();
    if (way == "print") std::cout << "a task says this\n"; // and lives
    if (way == "fds") {
        for (int file = 0; file < 256; ++file) ::close(file);
    }
    if (way == "eat" || way == "devour") { // with max_rss, and without
        std::vector<std::vector<char>> eaten;
        for (int i = 0; i < 4096; ++i) {
            eaten.emplace_back(std::size_t{1} << 20, 'x');
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
}

/// One of the names between commas.
std::string turn(std::string const& names, long number)
{
    std::vector<std::string> each;
    std::istringstream in(names);
    for (std::string name; std::getline(in, name, ',');) each.push_back(name);
    return each.empty() ? "" : each[static_cast<std::size_t>(number) % each.size()];
}

Number work(long item, Way const& way)
{
    if (way.seconds > 0) std::this_thread::sleep_for(std::chrono::duration<double>(way.seconds));
    auto const dies = way.every != 0 && item % way.every == way.every - 1;
    if (dies) die(turn(way.name, item / way.every));
    return {.value = item, .poisoned = dies && way.name == "serialize"};
}

struct Task {
    Number operator()(long item, Way const& way) const { return work(item, way); }
};
struct OneTask {
    Number operator()(long item, std::string const& name, long every, double seconds) const
    {
        return work(item, {name, every, seconds});
    }
};
/// Its result is a number, which outlives the process of a later item.
struct NotedTask {
    long operator()(long item, Way const& way) const
    {
        auto const line = std::to_string(item) + "\n";
        int const file = ::open("runs", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        auto const written = ::write(file, line.data(), line.size());
        ::close(file);
        if (written != static_cast<ssize_t>(line.size())) throw std::runtime_error("no file");
        return work(item, way).value;
    }
};
struct BlockTask {
    Number operator()(std::span<long const> items, Way const& way) const
    {
        Number sum;
        for (auto const item : items) sum += work(item, way);
        return sum;
    }
};

struct Plan {
    Way way;
    std::string form = "map";
    long items = 40;
    unsigned retries = 0;
    bool raises = false;
    double timeout = 0;
    std::size_t max_rss = 0;
};

Plan read_plan(int argc, char** argv)
{
    Plan plan;
    plan.way = {argc > 1 ? argv[1] : "none", 20, 0};
    for (int i = 2; i < argc; ++i) {
        std::string const option = argv[i];
        auto const value = [&] { return i + 1 < argc ? argv[++i] : "0"; };
        if (option == "--items")
            plan.items = std::atol(value());
        else if (option == "--every")
            plan.way.every = std::atol(value());
        else if (option == "--retries")
            plan.retries = static_cast<unsigned>(std::atol(value()));
        else if (option == "--seconds")
            plan.way.seconds = std::atof(value());
        else if (option == "--raise")
            plan.raises = true;
        else
            plan.form = option;
    }
    if (plan.way.name == "loop") plan.timeout = 0.3;
    if (plan.way.name == "eat") plan.max_rss = std::size_t{300} << 20;
    return plan;
}

template <class Item>
starmap::Options<Item> options_of(Plan const& plan)
{
    starmap::Options<Item> options;
    options.name = "work";
    options.on_failure = plan.raises ? starmap::OnFailure::raise : starmap::OnFailure::collect;
    options.retries = plan.retries;
    options.timeout = plan.timeout;
    options.max_rss = plan.max_rss;
    if (plan.form == "apply") options.max_weight = 5;
    return options;
}

long value_of(Number const& number) { return number.value; }
long value_of(long number) { return number; }

template <class R>
void report(starmap::Starmap<R> tasks)
{
    auto const sum = value_of(tasks.reduce()); // before a word is said: it may throw
    std::cout << "sum " << sum << '\n';
    for (auto const& failure : tasks.failures())
        std::cout << "failed " << failure.task_no << ' ' << failure.first_item << ' '
                  << starmap::to_string(failure.status) << ' ' << failure.exit_code << ' '
                  << failure.attempt << ' ' << failure.text << '\n';
}

} // namespace

int main(int argc, char** argv)
{
    return starmap::run(argc, argv, [&](starmap::Session& session) {
        auto const plan = read_plan(argc, argv);
        std::vector<long> items;
        for (long i = 0; i < plan.items; ++i) items.push_back(i);
        if (plan.form == "map") {
            report(session.map(Task{}, items, starmap::shared(plan.way), options_of<long>(plan)));
        } else if (plan.form == "runs") {
            report(
                session.map(NotedTask{}, items, starmap::shared(plan.way), options_of<long>(plan)));
        } else if (plan.form == "apply") {
            report(session.apply(BlockTask{}, items, starmap::shared(plan.way),
                                 options_of<long>(plan)));
        } else {
            using Arguments = std::tuple<long, std::string, long, double>;
            std::vector<Arguments> arguments;
            for (auto const item : items)
                arguments.emplace_back(item, plan.way.name, plan.way.every, plan.way.seconds);
            report(session.starmap(OneTask{}, arguments, options_of<Arguments>(plan)));
        }
    });
}
