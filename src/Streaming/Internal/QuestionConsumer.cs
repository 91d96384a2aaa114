using Confluent.Kafka;

namespace Reflux.Streaming.Internal;

/// <summary>A consumer for questions, made at the first one. They wait for each other and leave the caller's thread alone; it is closed only between two of them.</summary>
internal sealed class QuestionConsumer(ClientLog log, ConsumerConfig settings) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IConsumer<byte[]?, byte[]?>? _consumer;
    private bool _isDisposed;

    /// <summary>Asks.</summary>
    /// <param name="timeout">How long to wait for others.</param>
    /// <param name="question">Blocks until it has the answer.</param>
    /// <exception cref="KafkaException">What the question throws; or others asked all the time.</exception>
    public async Task<T> AskAsync<T>(TimeSpan timeout, Func<IConsumer<byte[]?, byte[]?>, T> question)
    {
        if (!await _turn.WaitAsync(timeout))
        {
            throw new KafkaException(ErrorCode.Local_TimedOut);
        }

        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return await Task.Run(() => question(_consumer ??= LogConnection.Build(() => log.Attach(new ConsumerBuilder<byte[]?, byte[]?>(settings)).Build())));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _turn.Wait();
        _consumer?.Dispose();
        _isDisposed = true;
        _turn.Release();
    }
}
