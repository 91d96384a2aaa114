using Orleans;
using Orleans.Runtime;

namespace Reflux.Standins.Orleans.Tests.Storage;

[GenerateSerializer]
[Alias("tests.entries")]
internal sealed class Entries
{
    [Id(0)]
    public List<string> Lines { get; set; } = [];
}

[Alias("tests.ledger")]
internal interface ILedger : IGrainWithStringKey
{
    Task Add(string line, bool write);

    Task<(string[] Lines, string? Etag, bool Exists)> Read();

    Task Clear();

    Task Reload();
}

internal sealed class Ledger([PersistentState("entries")] IPersistentState<Entries> entries) : Grain, ILedger
{
    public async Task Add(string line, bool write)
    {
        entries.State.Lines.Add(line);
        if (write)
        {
            await entries.WriteStateAsync();
        }
    }

    public Task<(string[] Lines, string? Etag, bool Exists)> Read() =>
        Task.FromResult((entries.State.Lines.ToArray(), entries.Etag, entries.RecordExists));

    public Task Clear() => entries.ClearStateAsync();

    public Task Reload() => entries.ReadStateAsync();
}

[Alias("tests.misplaced")]
internal interface IMisplaced : IGrainWithStringKey
{
    Task Ping();
}

internal sealed class Misplaced([PersistentState("entries", "nowhere")] IPersistentState<Entries> entries) : Grain, IMisplaced
{
    public Task Ping() => entries.ReadStateAsync();
}
