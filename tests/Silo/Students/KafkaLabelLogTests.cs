using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;
using Reflux.Silo.Students;
using Reflux.Silo.Tests.Support;
using Reflux.Streaming;

namespace Reflux.Silo.Tests.Students;

public sealed class KafkaLabelLogTests : IAsyncLifetime
{
    private StudentSite _site = null!;

    public async Task InitializeAsync() => _site = await StudentSite.OpenAsync();

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task Records_of_the_log_that_takes_a_logs_place_are_never_taken_for_its_own()
    {
        await _site.AppendLabelsAsync(1);
        await using var log = await OpenAsync();
        Assert.Equal(0, (await log.ReadAsync(_site.Limit)).Position.Offset);

        _site.Log.ReplaceLabels();
        await _site.Log.Connection.LogIdAsync(Topics.Labels, LogSite.LabelPartition, _site.Limit);
        await _site.AppendLabelsAsync(1);
        await _site.AppendLabelsAsync(1);

        var refusal = await Assert.ThrowsAnyAsync<RefluxException>(async () => await log.ReadAsync(_site.Limit));
        Assert.True(refusal.Code is ErrorCodes.PositionForeignLog or ErrorCodes.PositionOutOfRange, refusal.Message);
    }

    [Fact]
    public async Task A_record_that_names_another_log_is_read_where_the_log_is_still_the_same()
    {
        await _site.AppendLabelsAsync(1, topic: Guid.NewGuid());
        await using var log = await OpenAsync();

        Assert.Equal(0, (await log.ReadAsync(_site.Limit)).Position.Offset);
    }

    private Task<ILabelLog> OpenAsync() => new KafkaLabelLogFactory(_site.Log.Connection).OpenAsync(LogSite.LabelPartition, from: null, _site.Limit);
}
