using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Tests.Training;

public sealed class LastRecordCheckTests : IDisposable
{
    private readonly TinyStudent _student = new();

    public void Dispose() => _student.Dispose();

    [Fact]
    public async Task A_log_with_another_history_under_the_same_id_is_refused_and_pauses_the_student()
    {
        await TrainAsync();
        _student.Log = new MemoryLabelLog();
        _student.Log.Append(Records(6).Prepend(_student.Records.Encode(LabelledSequences.At(99))));
        var before = await _student.StoredStateAsync();

        await using var trainer = _student.NewTrainer();
        trainer.Start();
        await trainer.Completion;

        Assert.Equal((TrainerState.Failed, true, null), (trainer.State, trainer.NeedsAttention, trainer.Gap));
        Assert.Contains($"{new Position(LabelRecords.Log, 3)} is another one", trainer.Message, StringComparison.Ordinal);
        Assert.Equal(before, await _student.StoredStateAsync());
    }

    [Fact]
    public async Task The_same_history_goes_on()
    {
        await TrainAsync();
        _student.Log = new MemoryLabelLog();
        _student.Log.Append(Records(6));

        Assert.Equal(3, (await _student.TrainToEndAsync()).Step);
    }

    [Theory]
    [InlineData(ErrorCodes.PositionOutOfRange)]
    [InlineData(ErrorCodes.PositionForeignLog)]
    [InlineData(ErrorCodes.LogGap)]
    [InlineData(ErrorCodes.ArchiveDamaged)]
    public async Task A_record_that_nobody_has_any_more_is_not_compared(string code)
    {
        await TrainAsync();

        await CheckAsync(new Refusing(code));
    }

    [Fact]
    public async Task A_log_that_ends_before_it_is_not_waited_for()
    {
        await TrainAsync();
        var shorter = new MemoryLabelLog();
        shorter.Append(Records(3));

        await CheckAsync(shorter);
    }

    [Fact]
    public async Task A_broker_that_is_away_is_no_answer()
    {
        await TrainAsync();

        await Assert.ThrowsAsync<RefluxException>(() => CheckAsync(new Refusing(ErrorCodes.BrokerUnavailable)));
    }

    private async Task TrainAsync()
    {
        _student.Log.Append(Records(4));
        await _student.TrainToEndAsync();
    }

    private async Task CheckAsync(ILabelLogFactory log) =>
        await new LastRecordCheck(log, LabelRecords.Log.Partition, NullLogger.Instance).RunAsync((await _student.StoredStateAsync()).Document, CancellationToken.None);

    private IEnumerable<byte[]> Records(int count) => Enumerable.Range(0, count).Select(i => _student.Records.Encode(LabelledSequences.At(2 * i), LabelledSequences.At((2 * i) + 1)));

    private sealed class Refusing(string code) : ILabelLogFactory
    {
        public Task<ILabelLog> OpenAsync(int partition, Position? from, CancellationToken cancellationToken) => throw new RefluxException(code, "It refuses.", "");
    }
}
