using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A reference to a libtorch tensor. Disposing it (or the scope that owns it) returns the reference; the memory goes with the last
    /// one. A tensor that nobody disposed is returned by its finalizer.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static long _totalCount;
        private static long _peakCount;
        private nint _handle;

        internal Tensor(nint handle)
        {
            _handle = handle;
            if (handle == 0)
            {
                GC.SuppressFinalize(this);
                return;
            }

            long total = Interlocked.Increment(ref _totalCount);
            if (total > Volatile.Read(ref _peakCount))
            {
                Volatile.Write(ref _peakCount, total);
            }

            OwningDisposeScope = DisposeScopeManager.ThreadSingleton.Register(this);
        }

        /// <summary>Only releases native memory: scopes belong to their threads, never to the finalizer's.</summary>
        ~Tensor() => Release();

        /// <summary>How many tensor references .NET code holds at present.</summary>
        public static long TotalCount => Volatile.Read(ref _totalCount);

        /// <summary>About the highest value that <see cref="TotalCount"/> has had.</summary>
        public static long PeakCount => Volatile.Read(ref _peakCount);

        /// <summary>True once the tensor is disposed.</summary>
        public bool IsInvalid => _handle == 0;

        /// <summary>The native reference.</summary>
        /// <exception cref="InvalidOperationException">The tensor is disposed.</exception>
        public nint Handle => _handle != 0 ? _handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        internal DisposeScope? OwningDisposeScope { get; set; }

        public void Dispose()
        {
            if (_handle != 0)
            {
                OwningDisposeScope?.MarkAsDisposed(this);
                Release();
            }

            GC.SuppressFinalize(this);
        }

        /// <summary>Hands the tensor to the scope around its own; without one it lives until it is disposed.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Takes the tensor out of all scopes: it lives until it is disposed.</summary>
        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is null)
            {
                other?.Attach(this);
            }
            else
            {
                OwningDisposeScope.MoveToOther(other, this);
            }

            return this;
        }

        /// <summary>Whether both have the same shape and the same elements.</summary>
        public bool Equals(Tensor target) => target is not null && Native.Checked(Native.equal(Handle, target.Handle), this, target) != 0;

        public override bool Equals(object? obj) => obj is Tensor tensor && Equals(tensor);

        public override int GetHashCode() => base.GetHashCode();

        // Every call goes through one of the next three. They take the tensors whose handles the call used, so that none of them can be
        // finalized while native code still works on it.

        /// <summary>The result of a native call, or its error.</summary>
        internal static Tensor From(nint handle, object? first = null, object? second = null, object? third = null)
        {
            GC.KeepAlive(first);
            GC.KeepAlive(second);
            GC.KeepAlive(third);
            return handle != 0 ? new Tensor(handle) : throw Native.LastError();
        }

        internal static (Tensor, Tensor) From(nint first, nint second, object keep)
        {
            GC.KeepAlive(keep);
            return first != 0 ? (new Tensor(first), new Tensor(second)) : throw Native.LastError();
        }

        private Tensor Changed(int status, object? first = null, object? second = null)
        {
            Native.Checked(status, first, second);
            return this;
        }

        private static nint OrNone(Tensor? tensor) => tensor is null ? 0 : tensor.Handle;

        private void Release()
        {
            nint handle = Interlocked.Exchange(ref _handle, 0);
            if (handle != 0)
            {
                Interlocked.Decrement(ref _totalCount);
                Native.dispose(handle);
            }
        }
    }
}
