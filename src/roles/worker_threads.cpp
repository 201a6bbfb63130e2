#include "roles/worker_threads.hpp"

#include "records/task_threads.hpp"
#include "roles/serving.hpp"
#include "roles/worker.hpp"

namespace starmap::roles {

namespace {

void work(transport::Transport& transport, std::string const& program)
{
    records::adopt_task_threads();
    Worker worker(transport, 0, program, {.among_threads = true});
    worker.say_hello();
    serve(worker, transport);
}

} // namespace

WorkerThreads::WorkerThreads(std::uint32_t count, std::string const& program) : hub_(count + 1)
{
    for (std::uint32_t i = 0; i <= count; ++i) ends_.push_back(hub_.end(i));
    for (std::uint32_t i = 1; i <= count; ++i)
        threads_.emplace_back([&transport = *ends_[i], program] { work(transport, program); });
}

WorkerThreads::~WorkerThreads()
{
    for (auto& thread : threads_) thread.join();
}

} // namespace starmap::roles
