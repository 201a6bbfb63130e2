#include "transport/mpi.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <span>
#include <string>
#include <utility>

namespace starmap::transport {

namespace {

// The tag says what a message is, never which: tags are few on some fabrics.
constexpr int tag_frame = 1;
constexpr int tag_announcement = 2;
constexpr int tag_piece = 3;

// A message up to this size has come whole when it is probed (it is "eager"), and is received on
// the spot. Larger ones may still wait for their sender, and nobody here may wait with them.
constexpr int received_at_once = 4096;

// The head of a frame in parts goes with its announcement up to this size.
constexpr std::size_t sent_ahead = 512;

void check(int code, char const* call)
{
    if (code == MPI_SUCCESS) return;
    std::string text(MPI_MAX_ERROR_STRING, '\0');
    int length = 0;
    MPI_Error_string(code, text.data(), &length);
    text.resize(static_cast<std::size_t>(length));
    throw IoError(
        fmt::format("{} failed ({}). The connection to another rank is lost.", call, text));
}

} // namespace

MpiTransport::MpiTransport(boost::mpi::communicator const& world, std::size_t piece)
    : comm_(world, boost::mpi::comm_duplicate),
      bell_(comm_),
      piece_(piece)
{
    MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN);
}

MpiTransport::~MpiTransport()
{
    for (auto& sending : sending_)
        for (auto& request : sending.requests)
            if (request != MPI_REQUEST_NULL) MPI_Request_free(&request);
}

/// A failure with one peer is noted where others can go on without it. Else it is thrown.
bool MpiTransport::went_well(int code, char const* call, Peer peer)
{
    if (code == MPI_SUCCESS) return true;
    if (!survive_) check(code, call);
    unreachable_.push_back(peer);
    return false;
}

bool MpiTransport::all_done(std::vector<MPI_Request>& requests, Peer peer)
{
    if (requests.empty()) return true;
    int done = 0;
    auto const code =
        MPI_Testall(static_cast<int>(requests.size()), requests.data(), &done, MPI_STATUSES_IGNORE);
    return went_well(code, "MPI_Testall", peer) && done != 0;
}

void MpiTransport::look_for_losses()
{
    for (auto const peer : ranks_->gone()) unreachable_.push_back(peer);
    for (auto const peer : std::exchange(unreachable_, {})) {
        if (is_abandoned(peer)) continue;
        lost_.push_back(peer);
        abandon(peer);
        // Without the manager nobody is told any more who else is gone.
        for (Peer other = 0; peer == 0 && other < peers(); ++other) abandon(other);
    }
}

void MpiTransport::abandon(Peer peer)
{
    if (!abandoned_.insert(peer).second) return;
    for (auto at = sending_.begin(); at != sending_.end();) {
        auto const here = at++;
        if (here->to != peer) continue;
        unsent_ -= here->parcel.size();
        never_sent_.splice(never_sent_.end(), sending_, here);
    }
    std::erase_if(receiving_, [&](Receiving& receiving) {
        if (receiving.from != peer) return false;
        in_reception_ -= receiving.frame.size();
        never_received_.push_back(std::move(receiving));
        return true;
    });
}

/// What an abandoned peer has sent must be received all the same, as it would be probed for ever.
/// It may never come whole, so nobody waits for it.
void MpiTransport::pass_over(MPI_Status const& status)
{
    int bytes = 0;
    check(MPI_Get_count(&status, MPI_BYTE, &bytes), "MPI_Get_count");
    auto& passed = never_received_.emplace_back();
    passed.frame.resize(static_cast<std::size_t>(bytes));
    auto& request = passed.requests.emplace_back(MPI_REQUEST_NULL);
    check(MPI_Irecv(passed.frame.data(), bytes, MPI_BYTE, status.MPI_SOURCE, status.MPI_TAG, comm_,
                    &request),
          "MPI_Irecv");
    int done = 0;
    if (bytes <= received_at_once && MPI_Test(&request, &done, MPI_STATUS_IGNORE) == MPI_SUCCESS &&
        done != 0)
        never_received_.pop_back();
}

void MpiTransport::send(Peer to, wire::Parcel parcel)
{
    if (is_abandoned(to)) return;
    sending_.push_back({.to = to, .parcel = std::move(parcel), .announcement = {}, .requests = {}});
    auto& sending = sending_.back();
    post_send(sending, to);
    bell_.ring(to);
    // Small messages have left by now.
    if (all_done(sending.requests, to))
        sending_.pop_back();
    else
        unsent_ += sending.parcel.size();
}

void MpiTransport::post_send(Sending& sending, Peer to)
{
    auto const post = [&](void const* data, std::size_t bytes, int tag) {
        auto& request = sending.requests.emplace_back(MPI_REQUEST_NULL);
        went_well(MPI_Isend(data, static_cast<int>(bytes), MPI_BYTE, static_cast<int>(to), tag,
                            comm_, &request),
                  "MPI_Isend", to);
    };
    auto const& parcel = sending.parcel;
    if (parcel.size() <= piece_ && parcel.body.empty()) {
        post(parcel.head.data(), parcel.head.size(), tag_frame);
        return;
    }
    auto const& head = parcel.head;
    auto const ahead = head.size() <= sent_ahead ? head.size() : 0;
    std::vector<std::span<std::byte const>> pieces;
    std::vector<std::span<std::byte const>> parts{head.view().subspan(ahead), parcel.body};
    for (auto const& part : parcel.more) parts.push_back(part.bytes);
    for (auto const part : parts)
        for (std::size_t at = 0; at < part.size(); at += piece_)
            pieces.push_back(part.subspan(at, std::min(piece_, part.size() - at)));
    auto& announcement = sending.announcement;
    announcement.put(std::uint64_t{pieces.size()});
    for (auto const piece : pieces) announcement.put(std::uint64_t{piece.size()});
    announcement.append(head.data(), ahead);
    post(announcement.data(), announcement.size(), tag_announcement);
    for (auto const piece : pieces) post(piece.data(), piece.size(), tag_piece);
}

void MpiTransport::finish_sends()
{
    // Mostly the oldest is done first; one that is stuck must not hold up the memory of the rest.
    for (auto at = sending_.begin(); at != sending_.end();) {
        if (!all_done(at->requests, at->to)) {
            ++at;
            continue;
        }
        unsent_ -= at->parcel.size();
        at = sending_.erase(at);
    }
}

std::optional<Incoming> MpiTransport::poll()
{
    if (ranks_ != nullptr) look_for_losses();
    if (!sending_.empty()) finish_sends();
    for (;;) {
        if (auto frame = take_arrival()) return frame;
        MPI_Status status;
        if (in_reception_ > most_receiving_ || !probe(status)) return std::nullopt;
        accept(status);
    }
}

bool MpiTransport::probe(MPI_Status& status)
{
    auto const from = [&](int source) {
        int there = 0;
        auto const code = MPI_Iprobe(source, MPI_ANY_TAG, comm_, &there, &status);
        // With a lost peer it may fail for that one, and nobody can tell.
        if (!survive_ || abandoned_.empty()) check(code, "MPI_Iprobe");
        return code == MPI_SUCCESS && there != 0;
    };
    auto const once = [&] {
        if (only_.empty()) return from(MPI_ANY_SOURCE);
        return std::any_of(only_.begin(), only_.end(),
                           [&](Peer peer) { return from(static_cast<int>(peer)); });
    };
    // A probe of Open MPI tells what it knew, and only then looks at what has come: after the first
    // one something may be there whose bell has been heard already.
    return once() || once();
}

void MpiTransport::accept(MPI_Status const& status)
{
    auto const from = status.MPI_SOURCE;
    if (is_abandoned(static_cast<Peer>(from))) {
        pass_over(status);
        return;
    }
    auto& receiving = receiving_.emplace_back();
    receiving.from = static_cast<Peer>(from);
    if (status.MPI_TAG == tag_frame) {
        int size = 0;
        check(MPI_Get_count(&status, MPI_BYTE, &size), "MPI_Get_count");
        receiving.frame.resize(static_cast<std::size_t>(size));
        in_reception_ += receiving.frame.size();
        if (size <= received_at_once) {
            check(MPI_Recv(receiving.frame.data(), size, MPI_BYTE, from, tag_frame, comm_,
                           MPI_STATUS_IGNORE),
                  "MPI_Recv");
        } else {
            auto& request = receiving.requests.emplace_back(MPI_REQUEST_NULL);
            check(
                MPI_Irecv(receiving.frame.data(), size, MPI_BYTE, from, tag_frame, comm_, &request),
                "MPI_Irecv");
        }
        return;
    }
    // An announcement comes before its pieces, so a piece is never probed before it has its
    // receive. The pieces match in the order of the receives.
    int bytes = 0;
    check(MPI_Get_count(&status, MPI_BYTE, &bytes), "MPI_Get_count");
    detail::Bytes announcement(static_cast<std::size_t>(bytes));
    check(MPI_Recv(announcement.data(), bytes, MPI_BYTE, from, tag_announcement, comm_,
                   MPI_STATUS_IGNORE),
          "MPI_Recv");
    detail::ByteReader in(announcement.view());
    std::vector<std::uint64_t> sizes(in.get<std::uint64_t>());
    for (auto& size : sizes) size = in.get<std::uint64_t>();
    auto& frame = receiving.frame;
    frame.resize(std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{in.left()}));
    in_reception_ += frame.size();
    auto* at = frame.data() + in.left();
    in.copy(frame.data(), in.left());
    for (auto const size : sizes) {
        auto& request = receiving.requests.emplace_back(MPI_REQUEST_NULL);
        check(MPI_Irecv(at, static_cast<int>(size), MPI_BYTE, from, tag_piece, comm_, &request),
              "MPI_Irecv");
        at += size;
    }
}

std::optional<Incoming> MpiTransport::take_arrival()
{
    for (auto at = receiving_.begin(); at != receiving_.end(); ++at) {
        // Frames of one peer stay in order: one that is complete waits for those before it.
        auto const same = [&](Receiving const& other) { return other.from == at->from; };
        if (std::find_if(receiving_.begin(), at, same) != at) continue;
        if (!all_done(at->requests, at->from)) continue;
        Incoming frame{at->from, std::move(at->frame)};
        in_reception_ -= frame.frame.size();
        receiving_.erase(at);
        return frame;
    }
    return std::nullopt;
}

} // namespace starmap::transport
