#include "run/outputs.hpp"

#include <fmt/format.h>

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace starmap::farm {

namespace {

class Printed final : public Outputs {
public:
    Printed(int out, int err) : out_(out), err_(err) {}
    void take(Ended const& ended) override
    {
        write(out_, ended.outcome.out, "standard output");
        write(err_, ended.outcome.err, "standard error");
    }

private:
    static void write(int fd, std::string_view text, char const* what)
    {
        while (!text.empty()) {
            auto const written = ::write(fd, text.data(), text.size());
            if (written >= 0) {
                text.remove_prefix(static_cast<std::size_t>(written));
            } else if (errno == EAGAIN) {
                // Whoever shares the terminal or pipe may have made it so.
                pollfd wait{.fd = fd, .events = POLLOUT, .revents = 0};
                ::poll(&wait, 1, -1);
            } else if (errno != EINTR) {
                refuse(errno, what);
            }
        }
    }

    [[noreturn]] static void refuse(int error, char const* what)
    {
        auto const text = fmt::format(
            "Cannot write the output of commands to {} ({}). --output=files, archive or none "
            "chooses another place.",
            what, std::strerror(error));
        if (error == EPIPE || error == EBADF) throw OutputClosed(text);
        throw IoError(text);
    }

    int out_;
    int err_;
};

class Dropped final : public Outputs {
public:
    void take(Ended const&) override {}
};

} // namespace

std::unique_ptr<Outputs> printed(int out, int err) { return std::make_unique<Printed>(out, err); }
std::unique_ptr<Outputs> dropped() { return std::make_unique<Dropped>(); }

} // namespace starmap::farm
