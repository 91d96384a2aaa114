// Errors, threads, modes, devices, generators, lists and autograd.
#include "reflux_torch.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/cuda.h>


namespace {

thread_local std::string last_error;

at::Generator new_generator(at::Device device) {
    return device.is_cpu() ? at::detail::createCPUGenerator() : at::globalContext().defaultGenerator(device).clone();
}

}  // namespace

void reflux::remember_error() noexcept {
    try {
        throw;
    } catch (const c10::Error& error) {
        last_error = error.what_without_backtrace();
    } catch (const std::exception& error) {
        last_error = error.what();
    } catch (...) {
        last_error = "an exception of an unknown type";
    }
}

using namespace reflux;

REFLUX_EXPORT const char* reflux_last_error() { return last_error.c_str(); }

REFLUX_EXPORT const char* reflux_version() { return TORCH_VERSION; }

REFLUX_EXPORT int reflux_get_num_threads() { return at::get_num_threads(); }

REFLUX_EXPORT int reflux_set_num_threads(int count) {
    return change([&] { at::set_num_threads(count); });
}

REFLUX_EXPORT int reflux_grad_enabled() { return c10::GradMode::is_enabled(); }

REFLUX_EXPORT void reflux_set_grad_enabled(bool enabled) { c10::GradMode::set_enabled(enabled); }

REFLUX_EXPORT c10::InferenceMode* reflux_inference_mode_enter(bool enabled) { return new c10::InferenceMode(enabled); }

REFLUX_EXPORT void reflux_inference_mode_leave(c10::InferenceMode* guard) { delete guard; }

REFLUX_EXPORT int reflux_inference_mode_enabled() { return c10::InferenceMode::is_enabled(); }

REFLUX_EXPORT int reflux_cuda_device_count() {
    return guarded([] { return static_cast<int>(torch::cuda::device_count()); }, 0);
}

REFLUX_EXPORT int reflux_cuda_synchronize(int index) {
    return change([&] { torch::cuda::synchronize(index); });
}

REFLUX_EXPORT at::Generator* reflux_generator_new(std::uint64_t seed, int device_type, int device_index) {
    return guarded(
        [&]() -> at::Generator* {
            auto generator = std::make_unique<at::Generator>(new_generator(device_of(device_type, device_index)));
            generator->set_current_seed(seed);
            return generator.release();
        },
        nullptr);
}

REFLUX_EXPORT void reflux_generator_dispose(at::Generator* generator) { delete generator; }

REFLUX_EXPORT int reflux_generator_seed(at::Generator* generator, std::int64_t seed) {
    return change([&] { generator->set_current_seed(static_cast<std::uint64_t>(seed)); });
}

REFLUX_EXPORT std::int64_t reflux_generator_initial_seed(at::Generator* generator) {
    return guarded([&] { return static_cast<std::int64_t>(generator->current_seed()); }, std::int64_t{-1});
}

REFLUX_EXPORT Handle reflux_generator_get_state(at::Generator* generator) {
    return produce([&] { return generator->get_state(); });
}

REFLUX_EXPORT int reflux_generator_set_state(at::Generator* generator, Handle state) {
    return change([&] { generator->set_state(*state); });
}

REFLUX_EXPORT int reflux_manual_seed(std::int64_t seed) {
    return change([&] { at::manual_seed(static_cast<std::uint64_t>(seed)); });
}

REFLUX_EXPORT int reflux_list_length(TensorList* list) { return static_cast<int>(list->tensors.size()); }

REFLUX_EXPORT Handle reflux_list_take(TensorList* list, int index) {
    const at::Tensor& tensor = list->tensors[static_cast<std::size_t>(index)];
    return tensor.defined() ? new at::Tensor(tensor) : nullptr;
}

REFLUX_EXPORT void reflux_list_dispose(TensorList* list) { delete list; }

REFLUX_EXPORT TensorList* reflux_autograd_grad(
    Handle* outputs, int output_count, Handle* inputs, int input_count, Handle* gradients, int gradient_count, bool retain, bool create,
    bool allow_unused) {
    return produce_list([&] {
        return torch::autograd::grad(
            tensors_of(outputs, output_count), tensors_of(inputs, input_count), tensors_of(gradients, gradient_count), retain || create,
            create, allow_unused);
    });
}

REFLUX_EXPORT int reflux_autograd_backward(
    Handle* tensors, int tensor_count, Handle* gradients, int gradient_count, Handle* inputs, int input_count, bool retain, bool create) {
    return change([&] {
        torch::autograd::backward(
            tensors_of(tensors, tensor_count), tensors_of(gradients, gradient_count), retain, create, tensors_of(inputs, input_count));
    });
}
