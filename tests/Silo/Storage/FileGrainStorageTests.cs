using Orleans.Runtime;
using Orleans.Storage;
using Reflux.Contracts.Errors;
using Reflux.Grains.Faults;
using Reflux.Grains.Students;
using Reflux.Silo.Storage;
using Reflux.Tests.Support;

namespace Reflux.Silo.Tests.Storage;

public sealed class FileGrainStorageTests : IDisposable
{
    private static readonly GrainId Grain = GrainId.Create("student", "s/1");

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_is_written_is_read_by_another_instance()
    {
        var written = await WriteAsync(NewStorage(), new StudentState { Epoch = 3, Owner = "silo" });
        var read = await ReadAsync(NewStorage());
        Assert.True(read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal(new StudentState { Epoch = 3, Owner = "silo" }, read.State);
    }

    [Fact]
    public async Task What_was_never_written_is_empty()
    {
        var read = await ReadAsync(NewStorage());
        Assert.False(read.RecordExists);
        Assert.Null(read.ETag);
        Assert.Equal(new StudentState(), read.State);
    }

    [Fact]
    public async Task A_write_on_an_old_etag_is_refused_and_changes_nothing()
    {
        var (a, b) = (NewStorage(), NewStorage());
        await WriteAsync(a, new StudentState { Epoch = 1 });
        var first = await ReadAsync(a);
        var second = await ReadAsync(b);
        first.State = new StudentState { Epoch = 2 };
        await a.WriteStateAsync("student", Grain, first);

        second.State = new StudentState { Epoch = 9 };
        var conflict = await Assert.ThrowsAsync<InconsistentStateException>(() => b.WriteStateAsync("student", Grain, second));
        Assert.Equal((first.ETag, second.ETag), (conflict.StoredEtag, conflict.CurrentEtag));
        await Assert.ThrowsAsync<InconsistentStateException>(() => b.ClearStateAsync("student", Grain, second));
        Assert.Equal(2, (await ReadAsync(b)).State!.Epoch);
    }

    [Fact]
    public async Task Two_first_writes_conflict()
    {
        var storage = NewStorage();
        var first = await ReadAsync(storage);
        var second = await ReadAsync(storage);
        await storage.WriteStateAsync("student", Grain, first);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("student", Grain, second));
    }

    [Fact]
    public async Task Of_many_writers_in_two_instances_no_increment_is_lost()
    {
        var instances = new[] { NewStorage(), NewStorage() };
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var done = 0; done < 10;)
            {
                var seen = await ReadAsync(instances[writer % 2]);
                seen.State = seen.State! with { Epoch = seen.State.Epoch + 1 };
                try
                {
                    await instances[writer % 2].WriteStateAsync("student", Grain, seen);
                    done++;
                }
                catch (InconsistentStateException conflict)
                {
                    Assert.NotEqual(conflict.StoredEtag, conflict.CurrentEtag);
                }
            }
        })));
        Assert.Equal(80, (await ReadAsync(NewStorage())).State!.Epoch);
    }

    [Fact]
    public async Task Cleared_state_is_gone_and_can_be_written_again()
    {
        var storage = NewStorage();
        var state = await WriteAsync(storage, new StudentState { Epoch = 1 });
        await storage.ClearStateAsync("student", Grain, state);
        Assert.False(state.RecordExists);
        Assert.False((await ReadAsync(storage)).RecordExists);
        await storage.WriteStateAsync("student", Grain, state);
        Assert.True((await ReadAsync(storage)).RecordExists);
    }

    [Fact]
    public async Task What_a_crash_leaves_half_written_is_never_read()
    {
        var storage = NewStorage();
        await WriteAsync(storage, new StudentState { Epoch = 1 });
        var folder = Path.GetDirectoryName(Assert.Single(StateFiles()))!;
        await File.WriteAllTextAsync(Path.Combine(folder, ".tmp-0123"), "{\"ETag\":\"x\",\"Sta");
        Assert.Equal(1, (await ReadAsync(NewStorage())).State!.Epoch);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"ETag\":\"x\",\"Gra")]
    [InlineData("null")]
    public async Task A_damaged_file_is_named_and_not_overwritten(string content)
    {
        var storage = NewStorage();
        var state = await WriteAsync(storage, new StudentState { Epoch = 1 });
        var file = Assert.Single(StateFiles());
        await File.WriteAllTextAsync(file, content);
        var fault = await Assert.ThrowsAsync<GrainFault>(() => ReadAsync(storage));
        Assert.Equal(ErrorCodes.Internal, fault.Code);
        Assert.Contains(file, fault.Message);
        await Assert.ThrowsAsync<GrainFault>(() => storage.WriteStateAsync("student", Grain, state));
        Assert.Equal(content, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Names_of_grains_can_not_leave_the_directory()
    {
        var storage = NewStorage();
        foreach (var key in new[] { "../../escape", new string('k', 400), "ü/\0" })
        {
            var id = GrainId.Create("student", key);
            var state = new GrainState<StudentState> { State = new StudentState { Epoch = 7 } };
            await storage.WriteStateAsync("student", id, state);
            var read = new GrainState<StudentState>();
            await storage.ReadStateAsync("student", id, read);
            Assert.Equal(7, read.State!.Epoch);
        }

        Assert.Equal(3, StateFiles().Length);
    }

    private FileGrainStorage NewStorage() => new(_directory.File("grains"), TimeProvider.System);

    private string[] StateFiles() => Directory.GetFiles(Path.Combine(_directory.File("grains"), "student"), "*.json");

    private static async Task<GrainState<StudentState>> ReadAsync(FileGrainStorage storage)
    {
        var state = new GrainState<StudentState>();
        await storage.ReadStateAsync("student", Grain, state);
        return state;
    }

    private static async Task<GrainState<StudentState>> WriteAsync(FileGrainStorage storage, StudentState value)
    {
        var state = await ReadAsync(storage);
        state.State = value;
        await storage.WriteStateAsync("student", Grain, state);
        return state;
    }
}
