#include "raw_mpi.hpp"

#include <mpi.h>

#include <algorithm>
#include <vector>

namespace bench::raw {

namespace {

constexpr int tag_work = 1;
constexpr int tag_end = 2;

int world_size()
{
    int size = 0;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    return size;
}

int world_rank()
{
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

double manage(long tasks)
{
    auto const start = MPI_Wtime();
    long sent = 0;
    Task task;
    auto const workers = world_size() - 1;
    int busy = 0;
    double sum = 0;
    auto const feed = [&](int rank) {
        if (sent == tasks) {
            MPI_Send(nullptr, 0, MPI_BYTE, rank, tag_end, MPI_COMM_WORLD);
            return;
        }
        task.i = sent++;
        MPI_Send(&task, sizeof task, MPI_BYTE, rank, tag_work, MPI_COMM_WORLD);
        ++busy;
    };
    for (int rank = 1; rank <= workers; ++rank) feed(rank);
    while (busy > 0) {
        Task result;
        MPI_Status status;
        MPI_Recv(&result, sizeof result, MPI_BYTE, MPI_ANY_SOURCE, tag_work, MPI_COMM_WORLD,
                 &status);
        sum += static_cast<double>(result.i);
        --busy;
        feed(status.MPI_SOURCE);
    }
    return sum < 0 ? 0 : MPI_Wtime() - start;
}

void serve()
{
    for (;;) {
        Task task;
        MPI_Status status;
        MPI_Recv(&task, sizeof task, MPI_BYTE, 0, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
        if (status.MPI_TAG == tag_end) return;
        task.x += 1;
        MPI_Send(&task, sizeof task, MPI_BYTE, 0, tag_work, MPI_COMM_WORLD);
    }
}

} // namespace

double farm(long tasks)
{
    MPI_Barrier(MPI_COMM_WORLD);
    if (world_rank() == 0) return manage(tasks);
    serve();
    return 0;
}

double transfer(int count, std::size_t bytes, bool fresh)
{
    auto const size = static_cast<int>(bytes);
    auto const doubles = bytes / sizeof(double);
    MPI_Barrier(MPI_COMM_WORLD);
    if (world_rank() != 0) {
        std::vector<double> const data(doubles, 1.0);
        for (int i = 0; i < count; ++i) {
            char request = 0;
            MPI_Recv(&request, 1, MPI_BYTE, 0, tag_work, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            std::vector<double> const made(fresh ? data : std::vector<double>());
            MPI_Send(fresh ? made.data() : data.data(), size, MPI_BYTE, 0, tag_work,
                     MPI_COMM_WORLD);
        }
        return 0;
    }
    std::vector<double> kept(fresh ? 0 : doubles, 0.0);
    auto const start = MPI_Wtime();
    double sum = 0;
    auto const workers = world_size() - 1;
    char const request = 0;
    for (int rank = 1; rank <= workers; ++rank)
        MPI_Send(&request, 1, MPI_BYTE, rank, tag_work, MPI_COMM_WORLD);
    std::vector<int> received(static_cast<std::size_t>(workers) + 1, 0);
    for (int i = 0; i < count * workers; ++i) {
        MPI_Status status;
        MPI_Probe(MPI_ANY_SOURCE, tag_work, MPI_COMM_WORLD, &status);
        std::vector<double> own(fresh ? doubles : 0);
        auto& target = fresh ? own : kept;
        MPI_Recv(target.data(), size, MPI_BYTE, status.MPI_SOURCE, tag_work, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);
        sum += target[doubles / 2];
        if (++received[static_cast<std::size_t>(status.MPI_SOURCE)] < count)
            MPI_Send(&request, 1, MPI_BYTE, status.MPI_SOURCE, tag_work, MPI_COMM_WORLD);
    }
    return sum < 0 ? 0 : MPI_Wtime() - start;
}

} // namespace bench::raw
