using System.Data.Common;
using Orleans.Runtime;
using Orleans.Storage;
using Reflux.Contracts.Errors;
using Reflux.Grains.Faults;
using Reflux.Grains.Students;
using Reflux.Silo.Storage;

namespace Reflux.Silo.Tests.Storage;

public sealed class DatabaseGrainStorageTests
{
    private static readonly GrainId Grain = GrainId.Create("student", "s/1");

    [Theory]
    [InlineData("read")]
    [InlineData("write")]
    [InlineData("clear")]
    public async Task A_failure_of_the_database_crosses_silos_with_its_code_and_remedy(string operation)
    {
        var fault = await Assert.ThrowsAsync<GrainFault>(() => RunAsync(new AwayException("no route"), operation));
        Assert.Equal(ErrorCodes.DatabaseUnavailable, fault.Code);
        Assert.Contains("no route", fault.Message);
        Assert.Contains("Orleans' scripts", fault.Remedy);
    }

    [Fact]
    public Task A_lost_race_stays_what_the_runtime_knows() =>
        Assert.ThrowsAsync<InconsistentStateException>(() => RunAsync(new InconsistentStateException("changed"), "write"));

    private static Task RunAsync(Exception failure, string operation)
    {
        var storage = new DatabaseGrainStorage(new FailingStorage(failure));
        var state = new GrainState<StudentState>(new StudentState());
        return operation switch
        {
            "read" => storage.ReadStateAsync("state", Grain, state),
            "write" => storage.WriteStateAsync("state", Grain, state),
            _ => storage.ClearStateAsync("state", Grain, state),
        };
    }

    private sealed class AwayException(string message) : DbException(message);

    private sealed class FailingStorage(Exception failure) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.FromException(failure);

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.FromException(failure);

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.FromException(failure);
    }
}
