#include "roles/executor_process.hpp"

#include "records/task_threads.hpp"
#include "roles/serving.hpp"
#include "roles/worker.hpp"
#include "transport/socket_line.hpp"

#include <starmap/error.hpp>

#include <errno.h>

namespace starmap::roles {

int run_executor(int socket, std::shared_ptr<execution::SharedPlace> const& place, int rank)
{
    records::adopt_task_threads();
    transport::SocketTransport transport(
        socket, std::shared_ptr<transport::FrameSlots>(place, &place->slots()));
    char const* const name = ::program_invocation_name;
    Worker worker(transport, rank, name != nullptr ? name : "unknown", {.place = &place->place()});
    try {
        worker.say_hello();
        serve(worker, transport, [&] { return transport.closed(); });
    } catch (IoError const&) {
        // Whoever it worked for is gone, and nobody is left to be told.
        return 1;
    }
    return 0;
}

} // namespace starmap::roles
