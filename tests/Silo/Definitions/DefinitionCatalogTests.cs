using Reflux.Contracts.Definitions;
using Reflux.Silo.Definitions;
using Reflux.Streaming;

namespace Reflux.Silo.Tests.Definitions;

public sealed class DefinitionCatalogTests
{
    private static readonly Guid LaneId = Guid.Parse("11111111-1111-1111-1111-111111111111");

    [Fact]
    public void Whatever_the_order_the_highest_revisions_remain()
    {
        var lane = Lane(1, partition: 3);
        var records = new[] { lane, lane with { Revision = 2, Deleted = true }, Student("a", 1, false), Student("a", 2, true), Student("a", 3, false), Student("b", 1, true) };
        var random = new Random(1);
        for (var round = 0; round < 50; round++)
        {
            random.Shuffle(records);
            var catalog = new DefinitionCatalog();
            foreach (var record in records.Concat(records.Take(3)))
            {
                catalog.Apply(record);
            }

            Assert.Equal([("a", 3L), ("b", 1L)], catalog.Current.Select(d => (d.Name, d.Revision)).Order());
        }
    }

    [Fact]
    public async Task A_watcher_sees_the_picture_once_caught_up_and_then_each_change()
    {
        var catalog = new DefinitionCatalog();
        catalog.Apply(Lane(1, 0));
        await using var watch = catalog.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        var first = watch.MoveNextAsync().AsTask();
        Assert.False(first.IsCompleted);
        catalog.ReportCaughtUp();
        Assert.True(await first);
        Assert.Single(watch.Current);

        var second = watch.MoveNextAsync().AsTask();
        Assert.False(second.IsCompleted);
        catalog.Apply(Lane(1, 0));
        Assert.False(second.IsCompleted);
        catalog.Apply(Student("a", 1, false));
        Assert.True(await second);
        Assert.Equal(2, watch.Current.Count);
    }

    [Fact]
    public void The_groups_that_hold_a_log_are_the_teachers_and_the_lanes_live_students()
    {
        var catalog = new DefinitionCatalog();
        Assert.Equal([ConsumerGroups.Teachers], LogReaders.Of(catalog, Topics.Prompts, 0, archived: false)!);
        Assert.Empty(LogReaders.Of(catalog, Topics.Labels, 3, archived: false)!);
        Assert.Null(LogReaders.Of(catalog, Topics.Definitions, 0, archived: false));

        catalog.Apply(Lane(1, partition: 3));
        catalog.Apply(Student("live", 1, paused: false));
        catalog.Apply(Student("paused", 1, paused: true));
        catalog.Apply(Student("gone", 1, paused: false) with { Revision = 2, Deleted = true });
        Assert.Equal([ConsumerGroups.Student(IdOf("live"))], LogReaders.Of(catalog, Topics.Labels, 3, archived: false)!);
        Assert.Empty(LogReaders.Of(catalog, Topics.Labels, 4, archived: false)!);
    }

    [Fact]
    public void What_is_archived_is_held_by_its_archiver_alone()
    {
        var catalog = new DefinitionCatalog();
        catalog.Apply(Lane(1, partition: 3));
        catalog.Apply(Student("live", 1, paused: false));

        Assert.Equal([ConsumerGroups.Archive], LogReaders.Of(catalog, Topics.Labels, 3, archived: true)!);
        Assert.Empty(LogReaders.Of(catalog, Topics.Labels, 4, archived: true)!);
        Assert.Equal([ConsumerGroups.Teachers], LogReaders.Of(catalog, Topics.Prompts, 0, archived: true)!);
    }

    private static Definition Lane(long revision, int partition) => new()
    {
        Kind = DefinitionKind.Lane,
        Id = LaneId,
        Name = "lane",
        Revision = revision,
        Lane = new LaneDefinition(new LaneSpec { Name = "lane" }, partition, 1),
    };

    private static Definition Student(string name, long revision, bool paused) => new()
    {
        Kind = DefinitionKind.Student,
        Id = IdOf(name),
        Name = name,
        Revision = revision,
        Student = new StudentDefinition(
            new StudentSpec { Name = name, Lane = "lane", Base = new BaseModelSpec { Directory = "d" } }, LaneId, paused, "hash"),
    };

    private static Guid IdOf(string name) => new(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes(name)));
}
