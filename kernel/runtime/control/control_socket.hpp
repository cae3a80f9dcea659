// SPDX-License-Identifier: Apache-2.0
// The server's end of the control socket: a port for each client, and threads that serve nobody
// else, so that a slow client costs the others nothing.
#pragma once

#include "runtime/control/control_protocol.hpp"
#include "runtime/kernel_port.hpp"
#include "runtime/log.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace oms::runtime {

class ControlSocket {
public:
    struct Wiring {
        std::filesystem::path path;
        std::string version;  ///< of oms
        std::uint32_t most_clients = 64;
        std::function<ProcessStatus()> status;
        std::function<void()> stop;
    };

    ControlSocket(Backbone& backbone, Log& log, Stats& stats, Wiring wiring);
    ~ControlSocket();

    Status start();
    void stop();

private:
    class Client;
    void accept();
    void sweep();  ///< forgets clients that are gone

    Backbone& backbone_;
    Log& log_;
    Stats& stats_;
    const Wiring wiring_;
    UnixSocket socket_;
    std::thread acceptor_;
    std::mutex mutex_;
    std::list<std::unique_ptr<Client>> clients_;
    std::atomic<bool> stopping_{false};
};

}  // namespace oms::runtime
