using TorchSharp;

namespace Reflux.Standins.TorchSharp.Tests.Torch;

public sealed class DeviceTests
{
    [Fact]
    public void Descriptions_are_read_and_written()
    {
        Assert.Equal("cpu", CPU.ToString());
        Assert.Equal(DeviceType.CUDA, new Device("cuda:1").type);
        Assert.Equal(1, new Device("cuda:1").index);
        Assert.Equal("cuda:1", new Device(1).ToString());
        Assert.Equal("cuda", new Device("cuda", -1).ToString());
        Assert.Equal(DeviceType.CPU, device("cpu").type);
        Device converted = "cpu";
        Assert.Equal(DeviceType.CPU, converted.type);
        Assert.Throws<ArgumentException>(() => new Device("abacus"));
    }

    [Fact]
    public void Cuda_is_used_where_it_is_and_refused_where_it_is_not()
    {
        Assert.Equal(cuda.is_available(), cuda.device_count() > 0);
        Assert.Equal(cuda.is_available(), cuda_is_available());
        Assert.True(TryInitializeDeviceType(DeviceType.CPU));
        if (cuda.is_available())
        {
            using Tensor there = ones(2, device: CUDA);
            using Tensor doubled = there * 2;
            Assert.Equal(DeviceType.CUDA, doubled.device_type);
            Assert.Equal([2f, 2f], doubled.data<float>().ToArray());
        }
        else
        {
            Assert.Throws<InvalidOperationException>(() => CUDA);
            Assert.Throws<InvalidOperationException>(() => ones(2, device: "cuda"));
            Assert.False(TryInitializeDeviceType(DeviceType.CUDA));
        }
    }

    [Fact]
    public void The_version_is_that_of_libtorch() => Assert.Matches(@"^\d+\.\d+", __version__);
}
