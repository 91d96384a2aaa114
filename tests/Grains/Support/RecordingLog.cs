using System.Threading.Channels;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Grains.Definitions;

namespace Reflux.Grains.Tests.Support;

/// <summary>A definitions log that keeps what it is sent, and can be away.</summary>
internal sealed class RecordingLog(int labelPartitions) : IDefinitionLog
{
    private readonly Channel<Definition> _sent = Channel.CreateUnbounded<Definition>();
    private readonly Channel<string> _refused = Channel.CreateUnbounded<string>();

    public volatile bool Away;

    public Task AppendAsync(Definition definition, CancellationToken cancellationToken)
    {
        if (Away)
        {
            _refused.Writer.TryWrite(definition.Name);
            throw new RefluxException(ErrorCodes.BrokerUnavailable, "away", "wait");
        }

        _sent.Writer.TryWrite(definition);
        return Task.CompletedTask;
    }

    public ValueTask<int> LabelPartitionsAsync(CancellationToken cancellationToken) => new(labelPartitions);

    /// <summary>The next definition of this name that reaches the log.</summary>
    public async Task<Definition> NextAsync(string name)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var definition = await _sent.Reader.ReadAsync(limit.Token);
            if (definition.Name == name)
            {
                return definition;
            }
        }
    }

    /// <summary>Completes when the log has turned a definition away.</summary>
    public async Task<string> NextRefusalAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _refused.Reader.ReadAsync(limit.Token);
    }
}
