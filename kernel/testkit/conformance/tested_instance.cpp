// SPDX-License-Identifier: Apache-2.0
#include "testkit/conformance/tested_instance.hpp"

#include <unistd.h>

#include <chrono>

namespace oms::testkit {

/// Each function of the port, counted and passed on.
struct CountingCalls {
    static const oms_port* of(const oms_port* port) {
        const auto& self = *static_cast<const CountingPort*>(port->context);
        ++self.calls_;
        return self.port_.raw();
    }

    /// What a plugin defines is there from then on, as with a kernel.
    static void define(const oms_port* port, const oms_batch& input) {
        if (input.count == 0) return;
        const auto* head = sdk::as<oms_define>(*input.first);
        std::uint32_t known = 0;
        const oms_port* inner = of(port);
        if (head == nullptr ||
            inner->resolve(inner, head->reference_class, head->code, &known) == OMS_OK)
            return;
        static_cast<const CountingPort*>(port->context)
            ->port_.define(head->reference_class, sdk::view(head->code), head->scale,
                           head->price_scale, head->group);
    }

    static void fill(oms_port& raw) {
        raw.resolve = [](const oms_port* port, std::uint32_t reference_class, oms_text code,
                         std::uint32_t* reference) {
            const oms_port* inner = of(port);
            return inner->resolve(inner, reference_class, code, reference);
        };
        raw.describe = [](const oms_port* port, std::uint32_t reference, oms_record* row) {
            const oms_port* inner = of(port);
            return inner->describe(inner, reference, row);
        };
        raw.submit = [](const oms_port* port, const oms_batch* input, std::uint64_t token) {
            const oms_port* inner = of(port);
            define(port, *input);
            return inner->submit(inner, input, token);
        };
        raw.observe = [](const oms_port* port, const oms_observation* first, std::uint32_t count,
                         std::uint32_t stride) {
            const oms_port* inner = of(port);
            return inner->observe(inner, first, count, stride);
        };
        raw.query = [](const oms_port* port, const oms_query* query, std::uint64_t token) {
            const oms_port* inner = of(port);
            return inner->query(inner, query, token);
        };
        raw.take_answers = [](const oms_port* port, std::int64_t timeout_ms, oms_take_answer take,
                              void* context) {
            const oms_port* inner = of(port);
            return inner->take_answers(inner, timeout_ms, take, context);
        };
        raw.read = [](const oms_port* port, std::uint32_t which, std::uint32_t channel,
                      std::uint64_t* seq, std::int64_t timeout_ms, oms_take take, void* context) {
            const oms_port* inner = of(port);
            return inner->read(inner, which, channel, seq, timeout_ms, take, context);
        };
        fill_rest(raw);
    }
    static void fill_rest(oms_port& raw) {
        raw.gate = [](const oms_port* port, const oms_intent* intent) {
            const oms_port* inner = of(port);
            return inner->gate(inner, intent);
        };
        raw.now = [](const oms_port* port) {
            const oms_port* inner = of(port);
            return inner->now(inner);
        };
        raw.durable_seq = [](const oms_port* port) {
            const oms_port* inner = of(port);
            return inner->durable_seq(inner);
        };
        raw.wake = [](const oms_port* port) {
            const oms_port* inner = of(port);
            inner->wake(inner);
        };
    }
};

CountingPort::CountingPort(FakePort& port) : port_(port) {
    raw_.size = sizeof raw_;
    raw_.context = this;
    CountingCalls::fill(raw_);
}

std::uint32_t furnish(Subject& subject, FakePort& port, const std::string& instance) {
    const auto named = [&](const std::string& setting) {
        const std::string text = subject.text_setting(setting);
        return text.empty() ? instance : text;
    };
    port.define(OMS_class_destination, named("destination"));
    return port.define(OMS_class_channel, named("channel"));
}

TestedInstance::TestedInstance(Subject& subject, std::string name, FakePort* port)
    : name_(std::move(name)), entry_(subject.load().entry) {
    if (port != nullptr) port_ = std::make_unique<CountingPort>(*port);
    static int count = 0;
    folder_ = std::filesystem::temp_directory_path() /
              ("oms_cards_" + std::to_string(::getpid()) + "_" + std::to_string(++count));
    std::filesystem::create_directories(folder_);
    folder_text_ = folder_.string();
    host_.size = sizeof(oms_host);
    host_.abi_revision = OMS_ABI_REVISION;
    host_.context = this;
    host_.instance = sdk::text(name_);
    host_.instance_id = 1;
    host_.data_directory = sdk::text(folder_text_);
    host_.extension = &extension_of;
    host_.log = &log_of;
    host_.self = this;
    const oms_status status = entry_->create(&host_, subject.settings(), &plugin_);
    if (status != OMS_OK)
        throw Broken{"it cannot be created: " +
                     (log_.empty() ? "status " + std::to_string(status) : log_.back())};
    if (plugin_ == nullptr) throw Broken{"create answered OMS_OK and set no plugin"};
}

TestedInstance::~TestedInstance() {
    if (running_) entry_->stop(plugin_);
    if (plugin_ != nullptr) entry_->destroy(plugin_);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

const void* TestedInstance::extension_of(const oms_host* host, oms_text id) {
    const TestedInstance& self = *static_cast<const HostTable*>(host)->self;
    if (self.port_ == nullptr || sdk::view(id) != OMS_CAPABILITY_PORT) return nullptr;
    return self.port_->raw();
}

void TestedInstance::log_of(const oms_host* host, std::uint32_t, oms_text message) {
    TestedInstance& self = *static_cast<const HostTable*>(host)->self;
    const std::lock_guard lock(self.mutex_);
    self.log_.emplace_back(sdk::view(message));
}

std::string TestedInstance::last_words() const {
    const std::lock_guard lock(mutex_);
    return log_.empty() ? std::string() : log_.back();
}

const void* TestedInstance::extension(std::string_view id) const {
    return entry_->extension(plugin_, {id.data(), id.size()});
}

void TestedInstance::start() {
    if (entry_->start(plugin_) != OMS_OK) throw Broken{"it did not start: " + last_words()};
    running_ = true;
}

void TestedInstance::stop(std::int64_t limit_ms) {
    const auto begun = std::chrono::steady_clock::now();
    running_ = false;
    entry_->stop(plugin_);
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(
                           std::chrono::steady_clock::now() - begun)
                           .count();
    if (spent > limit_ms)
        throw Broken{"it took " + std::to_string(spent) + " ms to stop, " +
                     std::to_string(limit_ms) + " is the limit"};
}

void TestedInstance::destroy() {
    entry_->destroy(plugin_);
    plugin_ = nullptr;
}

}  // namespace oms::testkit
