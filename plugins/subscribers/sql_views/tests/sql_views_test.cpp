// SPDX-License-Identifier: Apache-2.0
#include "sql_views.hpp"

#include <oms/testkit/fake_port.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

namespace oms::sql_views {
namespace {

namespace fs = std::filesystem;

class SqlViewsTest : public testing::Test {
protected:
    SqlViewsTest() {
        folder =
            fs::temp_directory_path() / ("sql_views_" + std::to_string(std::random_device{}()));
        options.path = folder / "views.db";
        account = name(OMS_class_account, "main");
        bank = name(OMS_class_account, "bank");
        share = name(OMS_class_product, "ACME", 0, 2);
        euro = name(OMS_class_product, "EUR", 2);
        kind = name(OMS_class_order_kind, "simple");
        north = name(OMS_class_destination, "north");
    }
    ~SqlViewsTest() override {
        views.reset();
        fs::remove_all(folder);
    }

    /// Defines a name as a decision does.
    std::uint32_t name(std::uint32_t reference_class, std::string_view code,
                       std::uint32_t scale = 0, std::uint32_t price_scale = 0) {
        auto row = sdk::make<oms_reference_defined>();
        row.reference = port.define(reference_class, code, scale, price_scale);
        row.reference_class = reference_class;
        row.scale = scale;
        row.price_scale = price_scale;
        row.revision = 1;
        row.code = sdk::text(code);
        sdk::Batch effects;
        effects.add(row);
        port.publish(OMS_RECORD_define, 0, effects);
        return row.reference;
    }

    void open_order() {
        sdk::Batch effects;
        auto answered = sdk::make<oms_answered>();
        answered.order = 7;
        effects.add(answered);
        auto opened = sdk::make<oms_order_opened>();
        opened.order = 7;
        opened.order_kind = kind;
        opened.account = account;
        opened.flags = OMS_ORDER_FACT;
        opened.key = sdk::text("k'1");
        effects.add(opened);
        auto line = sdk::make<oms_line_opened>();
        line.order = 7;
        line.product = share;
        line.direction = OMS_direction_receive;
        line.parent_line = OMS_WHOLE_ORDER;
        line.ordered = 100;
        effects.add(line);
        auto term = sdk::make<oms_term_set>();
        term.order = 7;
        term.field = sdk::field::limit_price;
        term.type = OMS_term_type_number;
        term.product = share;
        term.number = 1250;
        effects.add(term);
        auto status = sdk::make<oms_status_changed>();
        status.order = 7;
        status.status = sdk::text("New");
        effects.add(status);
        auto hold = sdk::make<oms_hold_set>();
        hold.hold = 3;
        hold.order = 7;
        hold.account = account;
        hold.asset = euro;
        hold.amount = 125000;
        effects.add(hold);
        port.publish(OMS_RECORD_place_order, 7, effects);
    }

    void execute_forty() {
        sdk::Batch effects;
        auto route = sdk::make<oms_route_opened>();
        route.route = 9;
        route.order = 7;
        route.destination = north;
        effects.add(route);
        auto executed = sdk::make<oms_executed>();
        executed.execution = 11;
        executed.route = 9;
        executed.order = 7;
        executed.product = share;
        executed.quantity = 40;
        executed.price = 1249;
        executed.time = 1'700'000'000'250'000'000;
        executed.external_ref = sdk::text("x-1");
        effects.add(executed);
        auto counted = sdk::make<oms_line_counted>();
        counted.order = 7;
        counted.product = share;
        counted.ordered = 100;
        counted.working = 60;
        counted.done = 40;
        counted.value = {40 * 1249, 0};
        effects.add(counted);
        auto moved = sdk::make<oms_transferred>();
        moved.order = 7;
        moved.from = account;
        moved.to = bank;
        moved.asset = euro;
        moved.amount = 49960;
        effects.add(moved);
        auto hold = sdk::make<oms_hold_set>();
        hold.hold = 3;
        hold.order = 7;
        hold.account = account;
        hold.asset = euro;
        hold.amount = 75000;
        effects.add(hold);
        auto status = sdk::make<oms_status_changed>();
        status.order = 7;
        status.route = 9;
        status.status = sdk::text("Working");
        effects.add(status);
        port.publish(OMS_RECORD_report, 7, effects);
    }

    /// One more execution of 1, on an order of its own counts.
    void execute_again(int round) {
        sdk::Batch effects;
        auto executed = sdk::make<oms_executed>();
        executed.execution = 100 + static_cast<std::uint64_t>(round);
        executed.order = 7;
        executed.product = share;
        executed.quantity = 1;
        executed.price = 1;
        effects.add(executed);
        auto counted = sdk::make<oms_line_counted>();
        counted.order = 7;
        counted.product = share;
        counted.ordered = 100;
        counted.done = round + 1;
        effects.add(counted);
        auto moved = sdk::make<oms_transferred>();
        moved.order = 7;
        moved.from = account;
        moved.to = bank;
        moved.asset = euro;
        moved.amount = 49960;
        effects.add(moved);
        port.publish(OMS_RECORD_report, 7, effects);
    }

    void start() {
        views = std::make_unique<SqlViews>(host.host(), options);
        views->start();
    }
    void wait_for(std::uint64_t seq) {
        for (int tries = 0; views->shown_seq() < seq && tries < 500; ++tries)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        ASSERT_GE(views->shown_seq(), seq);
    }
    void show_all() {
        start();
        wait_for(port.raw()->durable_seq(port.raw()));
    }

    /// The rows of a query, columns parted by "|", rows by new lines.
    std::string ask(const std::string& sql, int columns) const {
        Database database(options.path);
        Statement statement(database, sql);
        std::string rows;
        while (statement.next()) {
            if (!rows.empty()) rows += '\n';
            for (int column = 0; column < columns; ++column)
                rows += (column == 0 ? "" : "|") + statement.text(column);
        }
        return rows;
    }
    /// Everything in the data tables, for comparison.
    std::string everything() const {
        std::string all;
        for (const Table& table : tables()) {
            std::string columns;
            for (const sdk::FieldInfo& field : columns_of(table))
                columns += (columns.empty() ? "quote(" : " || ',' || quote(") +
                           std::string(column_name(field.name)) + ")";
            all += std::string(table.name) + ":\n" +
                   ask("SELECT " + columns + " FROM data_" + std::string(table.name), 1) + "\n";
        }
        return all + ask("SELECT seq, position, record FROM data_events", 3);
    }

    testkit::FakePort port;
    testkit::FakeHost host{port, "views"};
    fs::path folder;
    SqlViewsOptions options;
    std::unique_ptr<SqlViews> views;
    std::uint32_t account = 0;
    std::uint32_t bank = 0;
    std::uint32_t share = 0;
    std::uint32_t euro = 0;
    std::uint32_t kind = 0;
    std::uint32_t north = 0;
};

TEST_F(SqlViewsTest, ShowOrdersWithNamesAndDecimals) {
    open_order();
    execute_forty();
    show_all();
    EXPECT_EQ(ask("SELECT order_id, order_kind, account, flags, shelf, key, status, changed_seq, "
                  "opened FROM orders",
                  9),
              "7|simple|main|fact|live|k'1|New|8|2023-11-14T22:13:20.000000000Z");
    EXPECT_EQ(ask("SELECT line, product, direction, ordered, working, done, unrouted, "
                  "average_price, value, coalesce(parent_line, '-') FROM lines",
                  10),
              "0|ACME|receive|100|60|40|0|12.49|499.60|-");
    EXPECT_EQ(ask("SELECT field, value FROM terms", 2), "limit_price|12.50");
    EXPECT_EQ(ask("SELECT route, destination, status FROM routes", 3), "9|north|Working");
    EXPECT_EQ(ask("SELECT execution, quantity, price, state, destination, time, external_ref "
                  "FROM executions",
                  7),
              "11|40|12.49|live|north|2023-11-14T22:13:20.250000000Z|x-1");
    EXPECT_EQ(ask("SELECT from_account, to_account, asset, amount FROM postings", 4),
              "main|bank|EUR|499.60");
    EXPECT_EQ(ask("SELECT account, asset, bucket, balance, held, available FROM balances ORDER BY "
                  "account DESC",
                  6),
              "main|EUR|on_hand|-499.60|750.00|-1249.60\nbank|EUR|on_hand|499.60|0.00|499.60");
    EXPECT_EQ(
        ask("SELECT seq, cause, order_id, coalesce(code, 'ok') FROM decisions WHERE order_id", 4),
        "7|place_order|7|ok\n8|report|7|ok");
    EXPECT_EQ(ask("SELECT code, class FROM names WHERE id = " + std::to_string(euro), 1), "EUR");
    EXPECT_EQ(ask("SELECT seq, time FROM shown", 2), "8|2023-11-14T22:13:20.000000000Z");
    EXPECT_EQ(ask("SELECT record ->> 'quantity' FROM events WHERE kind = 'executed'", 1), "40");
}

TEST_F(SqlViewsTest, EveryViewCanBeRead) {
    open_order();
    show_all();
    for (const Table& table : tables())
        EXPECT_NO_THROW(ask("SELECT * FROM " + std::string(table.name), 1)) << table.name;
}

TEST_F(SqlViewsTest, LetGoOfWhatHasEnded) {
    open_order();
    sdk::Batch effects;
    auto hold = sdk::make<oms_hold_set>();
    hold.hold = 3;
    hold.order = 7;
    hold.account = account;
    hold.asset = euro;
    effects.add(hold);
    auto halt = sdk::make<oms_halt_changed>();
    halt.scope = OMS_halt_scope_account;
    halt.target = account;
    halt.on = 1;
    halt.reason = sdk::text("storm");
    effects.add(halt);
    port.publish(OMS_RECORD_set_halt, 7, effects);
    show_all();
    EXPECT_EQ(ask("SELECT count(*) FROM holds", 1), "0");
    EXPECT_EQ(ask("SELECT held FROM balances", 1), "0.00");
    EXPECT_EQ(ask("SELECT scope, target, reason FROM halts", 3), "account|main|storm");
    effects.clear();
    halt.on = 0;
    effects.add(halt);
    wait_for(port.publish(OMS_RECORD_set_halt, 0, effects));
    EXPECT_EQ(ask("SELECT count(*) FROM halts", 1), "0");
}

TEST_F(SqlViewsTest, GoOnWhereTheyStopped) {
    open_order();
    show_all();
    views.reset();
    execute_forty();
    show_all();
    const std::string in_two = everything();
    views.reset();
    fs::remove_all(folder);
    show_all();
    EXPECT_EQ(everything(), in_two);
}

TEST_F(SqlViewsTest, AreBuiltAnewForAnotherJournalOrForm) {
    open_order();
    execute_forty();
    show_all();
    const std::string before = everything();
    views.reset();
    {
        Database database(options.path);
        database.run("UPDATE meta SET value = 5 WHERE name = 'shown_time'");
        database.run("DELETE FROM data_orders");
    }
    show_all();
    EXPECT_EQ(everything(), before);
    views.reset();
    {
        Database database(options.path);
        database.run("UPDATE meta SET value = -7 WHERE name = 'form'; DELETE FROM data_orders");
    }
    show_all();
    EXPECT_EQ(everything(), before);
}

TEST_F(SqlViewsTest, AreReadWhileTheyAreWritten) {
    open_order();
    start();
    for (int round = 0; round < 2000; ++round) execute_again(round);
    const std::uint64_t last = port.raw()->durable_seq(port.raw());
    while (views->shown_seq() < last) {
        // Readers see whole decisions: what was executed is what the line counts.
        const std::string both =
            ask("SELECT (SELECT coalesce(sum(quantity), 0) FROM data_executions), "
                "(SELECT coalesce(sum(done), 0) FROM data_lines)",
                2);
        const std::size_t bar = both.find('|');
        ASSERT_EQ(both.substr(0, bar), both.substr(bar + 1));
    }
    EXPECT_EQ(ask("SELECT count(*) FROM executions", 1), "2000");
    EXPECT_EQ(ask("SELECT balance FROM balances WHERE account = 'bank'", 1), "999200.00");
}

}  // namespace
}  // namespace oms::sql_views
