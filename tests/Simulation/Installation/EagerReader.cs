using Reflux.Contracts.Identity;
using Reflux.Streaming;

namespace Reflux.Simulation.Tests.Installation;

/// <summary>A planted bug: what is read counts as finished.</summary>
internal sealed class EagerReader(IGroupReader reader) : IGroupReader
{
    public async ValueTask<LogRecord?> ReadAsync(CancellationToken cancellationToken)
    {
        var record = await reader.ReadAsync(cancellationToken);
        if (record is not null)
        {
            reader.Acknowledge(record.Position);
        }

        return record;
    }

    public void Acknowledge(Position position)
    {
    }

    public ValueTask DisposeAsync() => reader.DisposeAsync();
}
