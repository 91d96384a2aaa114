using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers of its own: the same seed gives the same numbers on the same kind of device.</summary>
    public class Generator : IDisposable
    {
        private nint _handle;

        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = InitializeDevice(device);
            _handle = Native.generator_new(seed, (int)this.device.type, this.device.index);
            if (_handle == 0)
            {
                throw Native.LastError();
            }
        }

        ~Generator() => Release();

        public nint Handle => _handle;

        public Device device { get; }

        /// <summary>Starts the sequence that belongs to the seed.</summary>
        public Generator manual_seed(long seed)
        {
            Native.Checked(Native.generator_seed(Open(this), seed), this);
            return this;
        }

        /// <summary>A copy of the state, a uint8 vector.</summary>
        public Tensor get_state() => Tensor.From(Native.generator_get_state(Open(this)), this);

        public void set_state(Tensor value) => Native.Checked(Native.generator_set_state(Open(this), value.Handle), this, value);

        public long initial_seed()
        {
            long seed = Native.generator_initial_seed(Open(this));
            GC.KeepAlive(this);
            return seed;
        }

        public void Dispose()
        {
            Release();
            GC.SuppressFinalize(this);
        }

        internal static nint OrDefault(Generator? generator) => generator is null ? 0 : Open(generator);

        private static nint Open(Generator generator)
        {
            ObjectDisposedException.ThrowIf(generator._handle == 0, generator);
            return generator._handle;
        }

        private void Release()
        {
            nint handle = Interlocked.Exchange(ref _handle, 0);
            if (handle != 0)
            {
                Native.generator_dispose(handle);
            }
        }
    }

    /// <summary>Seeds libtorch's global generators. Product code uses a <see cref="Generator"/> of its own instead.</summary>
    public static Generator manual_seed(long seed)
    {
        Native.Checked(Native.manual_seed(seed));
        return new Generator((ulong)seed);
    }
}
