using System.Runtime.CompilerServices;
using Reflux.Contracts.Definitions;

namespace Reflux.Silo.Definitions;

/// <summary>Keeps the highest revision of each entity; tombstones too, so that an older record read later can't bring anything back.</summary>
internal sealed class DefinitionCatalog : IDefinitionCatalog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Definition> _newest = [];
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyCollection<Definition> _current = [];

    public IReadOnlyCollection<Definition> Current => _current;

    public bool IsDeleted(Guid id)
    {
        lock (_lock)
        {
            return _newest.TryGetValue(id, out var newest) && newest.Deleted;
        }
    }

    public Task CaughtUp => _caughtUp.Task;

    public async IAsyncEnumerable<IReadOnlyCollection<Definition>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await CaughtUp.WaitAsync(cancellationToken);
        while (true)
        {
            Task changed;
            IReadOnlyCollection<Definition> picture;
            lock (_lock)
            {
                changed = _changed.Task;
                picture = _current;
            }

            yield return picture;
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes a record from the log; an older or equal revision changes nothing.</summary>
    public void Apply(Definition definition)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            if (_newest.TryGetValue(definition.Id, out var known) && known.Revision >= definition.Revision)
            {
                return;
            }

            _newest[definition.Id] = definition;
            _current = [.. _newest.Values.Where(d => !d.Deleted)];
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    public void ReportCaughtUp() => _caughtUp.TrySetResult();
}
