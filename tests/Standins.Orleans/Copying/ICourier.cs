using Orleans;

namespace Reflux.Standins.Orleans.Tests.Copying;

[Alias("tests.courier")]
internal interface ICourier : IGrainWithIntegerKey
{
    Task Keep(List<int> values);

    Task<List<int>> Give();

    Task KeepShared([Immutable] List<int> values);

    [return: Immutable]
    Task<List<int>> GiveShared();

    Task KeepUnmarked(object value);

    Task<object> GiveUnmarked();

    Task<ICourier> Self();

    Task<long> KeyOf(ICourier other);
}

internal sealed class Courier : Grain, ICourier
{
    private List<int> _values = [];

    public Task Keep(List<int> values)
    {
        _values = values;
        return Task.CompletedTask;
    }

    public Task<List<int>> Give() => Task.FromResult(_values);

    public Task KeepShared(List<int> values) => Keep(values);

    public Task<List<int>> GiveShared() => Give();

    public Task KeepUnmarked(object value) => Task.CompletedTask;

    public Task<object> GiveUnmarked() => Task.FromResult<object>(new Unmarked());

    public Task<ICourier> Self() => Task.FromResult(this.AsReference<ICourier>());

    public async Task<long> KeyOf(ICourier other) => (await other.Self()).GetPrimaryKeyLong();
}
