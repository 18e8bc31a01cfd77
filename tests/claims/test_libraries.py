"""What docs/claims.md says of the installed keras and tf_keras, each claim by a run of it.

Where one of these fails after an upgrade, the library has changed: read what it does now, then
change the verdict in docs/claims.md and what the lesson named there says.
"""

import itertools

IN_ORDER = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]  # the ten images of the probes, in batches of 4

# The three names


def test_keras_has_no_method_for_generators_alone(keras, tf_keras):
    assert keras.answer("names.methods") == []
    assert keras.error("names.calling_fit_generator").startswith("AttributeError")
    assert len(tf_keras.answer("names.methods")) == 3


def test_fit_generator_of_tf_keras_warns_and_calls_fit(tf_keras):
    assert tf_keras.answer("names.calling_fit_generator") == [3]
    assert "is deprecated" in tf_keras.warnings("names.calling_fit_generator")
    assert "return self.fit(" in tf_keras.answer("names.body_of_fit_generator")


def test_predict_generator_is_gone_from_keras_and_warns_in_tf_keras(keras, tf_keras):
    assert keras.error("names.calling_predict_generator").startswith("AttributeError")
    assert tf_keras.answer("names.calling_predict_generator") == 10
    assert "is deprecated" in tf_keras.warnings("names.calling_predict_generator")


def test_evaluate_generator_is_gone_from_keras_and_warns_in_tf_keras(keras, tf_keras):
    assert keras.error("names.calling_evaluate_generator").startswith("AttributeError")
    assert tf_keras.answer("names.calling_evaluate_generator") > 0
    assert "is deprecated" in tf_keras.warnings("names.calling_evaluate_generator")


def test_fit_and_train_on_batch_run_the_same_compiled_step(either):
    assert either.answer("names.three_functions_share_a_step") == ["fit", "train_on_batch"]


def test_a_step_is_a_gradient_and_an_update(either):
    assert either.answer("stepping.one_step_is_gradient_and_update")


def test_a_train_step_of_ones_own_serves_fit_and_train_on_batch(either):
    assert either.answer("stepping.a_train_step_of_ones_own") == {
        "fit": True, "train_on_batch": True,
    }  # fmt: skip


# The parameters of fit and fit_generator


def test_the_notes_parameters_of_fit_that_are_left(keras):
    assert list(keras.answer("names.parameters")["fit"]) == [
        "x", "y", "batch_size", "epochs", "verbose", "callbacks", "validation_split",
        "validation_data", "shuffle", "class_weight", "sample_weight", "initial_epoch",
        "steps_per_epoch", "validation_steps", "validation_batch_size", "validation_freq",
    ]  # fmt: skip


def test_fit_has_steps_per_epoch(either):
    assert "steps_per_epoch" in either.answer("names.parameters")["fit"]


def test_fit_trains_one_epoch_where_none_are_asked_for(either):
    assert either.answer("names.parameters")["fit"]["epochs"] == "1"
    assert len(either.answer("epochs.batches_of_arrays_by_default")) == 1


def test_verbose_is_auto_by_default(either):
    assert either.answer("names.parameters")["fit"]["verbose"] == "'auto'"


def test_validation_split_sample_weight_and_initial_epoch_are_off_by_default(either):
    fit = either.answer("names.parameters")["fit"]
    assert [fit[name] for name in ("validation_split", "sample_weight", "initial_epoch")] == [
        "0.0", "None", "0",
    ]  # fmt: skip


def test_fit_takes_no_other_keyword(either):
    assert either.error("inputs.takes_any_keyword").startswith("TypeError")


def test_fit_generator_of_tf_keras_has_the_notes_parameters_in_their_order(tf_keras):
    assert list(tf_keras.answer("names.parameters")["fit_generator"].items()) == [
        ("generator", None), ("steps_per_epoch", "None"), ("epochs", "1"), ("verbose", "1"),
        ("callbacks", "None"), ("validation_data", "None"), ("validation_steps", "None"),
        ("validation_freq", "1"), ("class_weight", "None"), ("max_queue_size", "10"),
        ("workers", "1"), ("use_multiprocessing", "False"), ("shuffle", "True"),
        ("initial_epoch", "0"),
    ]  # fmt: skip


def test_fit_of_keras_refuses_workers_and_tf_keras_takes_them(keras, tf_keras):
    assert keras.error("inputs.takes_workers").startswith("TypeError")
    assert tf_keras.answer("inputs.takes_workers") == [3]


def test_fit_of_keras_refuses_max_queue_size_and_tf_keras_takes_it(keras, tf_keras):
    assert keras.error("inputs.takes_max_queue_size").startswith("TypeError")
    assert tf_keras.answer("inputs.takes_max_queue_size") == [3]


def test_fit_of_keras_refuses_use_multiprocessing_and_tf_keras_takes_it(keras, tf_keras):
    assert keras.error("inputs.takes_use_multiprocessing").startswith("TypeError")
    assert tf_keras.answer("inputs.takes_use_multiprocessing") == [3]


def test_a_py_dataset_takes_them_when_it_is_made(keras):
    assert keras.answer("names.parameters")["PyDataset"] == {
        "workers": "1", "use_multiprocessing": "False", "max_queue_size": "10",
    }  # fmt: skip


def test_sequence_is_another_name_of_py_dataset(keras):
    assert keras.answer("names.sequence_is_py_dataset")


# What fit takes


def test_fit_takes_a_generator(either):
    assert either.answer("inputs.takes_a_generator") == [3]


def test_fit_takes_a_py_dataset(either):
    assert either.answer("inputs.takes_a_py_dataset") == [3]


def test_fit_takes_tf_data(either):
    assert either.answer("inputs.takes_tf_data") == [3]


def test_a_batch_as_a_list_is_refused_by_keras_and_taken_by_tf_keras(keras, tf_keras):
    assert "must return a tuple" in keras.error("inputs.takes_batches_as_lists")
    assert tf_keras.answer("inputs.takes_batches_as_lists") == [3]


def test_nested_lists_are_refused_by_keras_and_taken_by_tf_keras(keras, tf_keras):
    assert "Unrecognized data type" in keras.error("inputs.takes_nested_lists")
    assert tf_keras.answer("inputs.takes_nested_lists") == [1]


def test_an_iterator_that_is_no_generator_is_refused_by_keras_alone(keras, tf_keras):
    for question, batches in (("takes_a_class_of_iterator", [3]), ("takes_zip", [1])):
        assert "Unrecognized data type" in keras.error(f"inputs.{question}")
        assert tf_keras.answer(f"inputs.{question}") == batches


def test_labels_beside_a_generator_are_refused(either):
    assert either.error("inputs.takes_labels_beside_a_generator").startswith("ValueError")


def test_weights_come_within_a_generator_and_not_beside_it(either):
    assert either.answer("inputs.takes_weights_within_a_generator") == [3]
    assert either.error("inputs.takes_weights_beside_a_generator").startswith("ValueError")


def test_batches_may_differ_in_size(either):
    assert either.answer("inputs.takes_batches_of_changing_size") == [[4, 4, 3, 1]]


def test_images_and_labels_of_a_batch_must_be_as_many(either):
    assert either.error("inputs.takes_parts_of_unequal_length").startswith("ValueError")


def test_class_weights_multiply_the_loss(either):
    for source in ("arrays", "a_py_dataset"):
        assert abs(either.answer(f"inputs.class_weight_with_{source}") - 3) < 1e-5


def test_class_weights_with_a_generator_are_refused_by_keras_alone(keras, tf_keras):
    assert "`class_weight` is not supported" in keras.error("inputs.class_weight_with_a_generator")
    assert abs(tf_keras.answer("inputs.class_weight_with_a_generator") - 3) < 1e-5


def test_class_weights_that_leave_classes_out_break_with_tf_data(either):
    question = "inputs.class_weight_that_leaves_classes_out_with_tf_data"
    assert either.error(question).startswith("InvalidArgumentError")


def test_class_weights_that_leave_classes_out_are_fine_with_arrays_in_keras(keras, tf_keras):
    question = "inputs.class_weight_that_leaves_classes_out_with_arrays"
    assert 1 < keras.answer(question) < 3
    assert tf_keras.error(question).startswith("InvalidArgumentError")


def test_class_and_sample_weights_at_once_are_refused_by_keras(keras):
    assert "at the same time" in keras.error("inputs.class_weight_and_sample_weight")


def test_sample_weights_change_weighted_metrics_and_no_others(either):
    told = either.answer("inputs.weights_and_metrics")
    assert told["accuracy"] != told["weighted_accuracy"]


# When an epoch ends


def test_the_last_batch_of_an_epoch_is_smaller(either):
    question = "epochs.arrays_are_cut_into_batches_and_the_last_is_smaller"
    assert either.answer(question) == [[4, 4, 2], [4, 4, 2]]


def test_a_batch_is_32_images_where_nothing_is_said(either):
    assert either.answer("epochs.batches_of_arrays_by_default") == [[32, 8]]


def test_too_few_steps_lose_every_second_epoch_in_keras(keras):
    for source in ("arrays", "flow", "a_py_dataset", "tf_data"):
        assert keras.answer(f"epochs.steps_too_few_for_{source}") == [2, 1, 2, 1], source


def test_too_few_steps_go_on_where_they_stopped_in_tf_keras(tf_keras):
    for source in ("arrays", "flow", "a_py_dataset"):
        assert tf_keras.answer(f"epochs.steps_too_few_for_{source}") == [2, 2, 2, 2], source


def test_too_few_steps_for_tf_data_end_the_training_in_tf_keras(tf_keras):
    assert tf_keras.answer("epochs.steps_too_few_for_tf_data") == [2, 1]


def test_steps_of_a_generator_without_end_go_round_the_data(either):
    trained = either.answer("epochs.steps_too_few_for_a_generator_without_end")
    in_a_row = list(itertools.chain(*trained))
    assert [len(epoch) for epoch in trained] == [2, 2, 2] and in_a_row == IN_ORDER * 2


def test_without_steps_every_epoch_of_flow_is_whole(either):
    assert either.answer("epochs.no_steps_for_flow") == [3, 3, 3]


def test_a_generator_that_ends_is_trained_on_its_first_two_batches_for_ever_in_keras(keras):
    trained = keras.answer("epochs.no_steps_for_a_generator_that_ends")
    assert trained == [IN_ORDER, IN_ORDER[:2], IN_ORDER[:2], IN_ORDER[:2]]


def test_a_generator_that_ends_ends_the_training_in_tf_keras(tf_keras):
    assert tf_keras.answer("epochs.no_steps_for_a_generator_that_ends") == [IN_ORDER, []]


def test_without_steps_an_epoch_of_a_generator_without_end_never_ends(either):
    assert either.answer("epochs.no_steps_for_a_generator_without_end") == []


def test_steps_beyond_the_data_end_with_them_and_keras_warns(either, keras):
    assert either.answer("epochs.steps_beyond_the_data") == [3]
    assert "ran out of data" in keras.warnings("epochs.steps_beyond_the_data")


def test_steps_without_a_batch_size_settle_it(either):
    assert either.answer("epochs.steps_and_no_batch_size") == [[2, 2, 2, 2, 2]]


def test_batch_size_beside_a_generator_is_ignored(either):
    assert either.answer("epochs.batch_size_with_a_generator") == [[4, 4, 2]]


def test_an_epoch_with_augmentation_holds_as_many_images_as_without(either):
    assert either.answer("epochs.images_of_an_epoch_with_augmentation") == [10, 10]


def test_epochs_is_the_number_of_the_last_one(either):
    assert either.answer("epochs.initial_epoch") == [3, 4]


def test_a_callback_can_end_the_training(either):
    assert either.answer("epochs.a_callback_can_end_training") == 1


# In which order


def test_arrays_are_shuffled_anew_for_each_epoch(either):
    orders = either.answer("epochs.order_of_arrays_without_a_seed")
    assert len(set(map(tuple, orders))) == 3
    assert all(sorted(order) == list(range(10)) for order in orders)


def test_a_seed_makes_keras_repeat_one_order_in_every_epoch(keras):
    orders = keras.answer("epochs.order_of_arrays_after_a_seed")
    assert len(set(map(tuple, orders))) == 1 and orders[0] != sorted(orders[0])


def test_a_seed_leaves_tf_keras_another_order_in_every_epoch(tf_keras):
    assert len(set(map(tuple, tf_keras.answer("epochs.order_of_arrays_after_a_seed")))) == 3


def test_the_same_seed_gives_the_same_order(either):
    first, second = either.answer("epochs.order_of_arrays_from_the_same_seed")
    assert first == second


def test_of_a_py_dataset_the_batches_are_shuffled_and_not_the_images(either):
    trained = either.answer("epochs.order_of_a_py_dataset")
    assert all(sorted(epoch) == IN_ORDER for epoch in trained)
    assert any(epoch != IN_ORDER for epoch in trained)


def test_generators_and_tf_data_are_not_shuffled_and_keras_warns(either, keras):
    for source in ("a_generator", "tf_data"):
        assert either.answer(f"epochs.order_of_{source}") == [list(range(10))]
        assert "`shuffle=True` was passed, but will be ignored" in keras.warnings(
            f"epochs.order_of_{source}"
        )


def test_keras_tells_a_py_dataset_of_an_epochs_end_before_the_first_epoch(keras, tf_keras):
    asked = keras.answer("epochs.asked_of_a_py_dataset")
    assert asked[:4] == [0, 1, "epoch end", "begin"]  # and it looks at the first two batches
    assert tf_keras.answer("epochs.asked_of_a_py_dataset")[:2] == [0, "begin"]


# Validation, predictions


def test_validation_split_takes_the_last_images(either):
    assert either.answer("validating.validation_split") == [[0, 1, 2, 3, 4, 5, 6], [7, 8, 9]]


def test_validation_split_of_a_generator_is_refused(either):
    assert either.error("validating.validation_split_of_a_generator").startswith("ValueError")


def test_validation_freq_as_a_list_names_the_epochs(either):
    assert either.answer("validating.validation_freq") == [True, False, True, False]


def test_validation_data_are_shown_after_each_epoch_and_not_trained_on(either):
    assert either.answer("validating.validation_data_as_a_tuple") == [10, 10]
    assert either.answer("images.layers_act_in") == [True, False]  # in training, in inference


def test_validation_data_may_be_a_list(either):
    assert either.answer("validating.validation_data_as_a_list") == 1


def test_validation_data_may_have_weights(either):
    assert either.answer("validating.validation_data_with_weights") == 0  # all weights were 0


def test_validation_steps_go_with_arrays_too(either):
    assert either.answer("validating.validation_steps_with_arrays") == 2


def test_validation_has_a_batch_size_of_its_own(either):
    assert either.answer("validating.validation_batch_size") == [5, 5]


def test_a_generator_validates_other_images_in_every_epoch(either):
    validated = either.answer("validating.validation_by_a_generator")
    assert len(set(map(tuple, validated))) == 3


def test_keras_begins_every_validation_by_a_generator_with_its_first_two_batches(keras, tf_keras):
    assert all(one[:8] == list(range(8)) for one in
               keras.answer("validating.validation_by_a_generator"))  # fmt: skip
    assert any(one[:8] != list(range(8)) for one in
               tf_keras.answer("validating.validation_by_a_generator"))  # fmt: skip


def test_the_validation_loss_of_a_frozen_network_moves_with_a_generator_alone(either):
    arrays, generator = either.answer("validating.losses_of_a_frozen_network")
    assert len(set(arrays)) == 1 and len(set(generator)) == 3


def test_predict_and_evaluate_take_a_generator(either):
    assert either.answer("validating.predict_takes_a_generator") == 10
    assert either.answer("validating.evaluate_takes_a_generator") > 0


def test_predict_of_keras_wants_tuples_of_a_generator(keras, tf_keras):
    question = "validating.predict_takes_bare_arrays_of_a_generator"
    assert "must return a tuple" in keras.error(question)
    assert tf_keras.answer(question) == 10


def test_steps_rounded_down_lose_predictions(either):
    assert either.answer("validating.predict_with_steps_rounded_down_and_up") == [8, 10]


def test_predictions_from_flow_are_in_file_order_only_with_shuffle_off(either):
    by_default, in_order = either.answer("validating.order_of_predictions_from_flow")
    assert sorted(by_default) == in_order == list(range(10)) and by_default != in_order


def test_predicting_again_from_one_generator_goes_on_where_it_was(either):
    assert either.answer("validating.predict_twice_from_one_generator") == "other"


def test_the_loss_that_an_epoch_logs_is_not_that_of_the_network_it_leaves(either):
    logged, evaluated = either.answer("validating.logged_and_evaluated")
    assert abs(logged - evaluated) > 0.1


# train_on_batch


def test_each_call_is_one_step_whatever_its_size(either):
    assert either.answer("stepping.steps_after_three_calls_of_any_size") == 3


def test_train_on_batch_returns_the_loss_of_its_own_batch(either):
    told, alone = either.answer("stepping.returns")
    assert told == alone and told[0] != told[1]


def test_train_on_batch_returns_names_where_asked(either):
    assert either.answer("stepping.returns_by_name") == ["accuracy", "loss"]


def test_train_on_batch_takes_weights(either):
    by_sample, by_class = either.answer("stepping.takes_sample_and_class_weights")
    assert abs(by_sample - 3) < 1e-5 and abs(by_class - 2) < 1e-5


def test_reset_metrics_is_gone_from_keras(keras, tf_keras):
    assert keras.error("stepping.takes_reset_metrics").startswith("TypeError")
    assert tf_keras.answer("stepping.takes_reset_metrics")


def test_train_on_batch_takes_no_generator(either):
    assert either.error("stepping.takes_a_generator")


def test_train_on_batch_has_no_callbacks(either):
    assert either.error("stepping.takes_callbacks").startswith("TypeError")


def test_a_second_size_is_traced_once_and_a_third_is_free(either):
    traced = either.answer("stepping.traces")  # after calls with 4, 2, 3, 4 and 2 images
    assert [later - earlier for earlier, later in itertools.pairwise(traced)] == [1, 0, 0, 0]


def test_a_second_fit_goes_on_where_the_first_ended(either):
    assert either.answer("stepping.fit_twice_is_fit_once_for_longer")


# compile


def test_both_compile_examples_of_the_notes_train(either):
    assert either.answer("compiling.first_example") == ["loss", "mae"]
    assert either.answer("compiling.second_example") == ["categorical_accuracy", "loss"]


def test_metrics_as_the_third_argument_fail_in_keras_and_work_in_tf_keras(keras, tf_keras):
    assert keras.error("compiling.by_position_as_in_2019").startswith("ValueError")
    assert tf_keras.answer("compiling.by_position_as_in_2019") == ["loss", "mae"]


def test_the_third_argument_of_compile_is_loss_weights_in_keras(keras, tf_keras):
    assert list(keras.answer("names.parameters")["compile"])[2] == "loss_weights"
    assert list(tf_keras.answer("names.parameters")["compile"])[2] == "metrics"


def test_three_arguments_of_compile_are_gone_from_keras(keras, tf_keras):
    for name in ("sample_weight_mode", "target_tensors", "distribute"):
        assert keras.error(f"compiling.{name}").startswith("TypeError")
        assert tf_keras.answer(f"compiling.{name}") == "compiled"  # as long as they are None


def test_lr_is_refused_by_keras_and_ignored_by_tf_keras(keras, tf_keras):
    assert keras.error("compiling.lr").startswith("ValueError")
    assert abs(tf_keras.answer("compiling.lr") - 0.01) < 1e-6  # 0.5 was asked for


def test_decay_is_ignored_by_keras_with_a_warning_and_refused_by_tf_keras(keras, tf_keras):
    assert keras.answer("compiling.decay") == 0.5
    assert "`decay` is no longer supported and will be ignored" in keras.warnings("compiling.decay")
    assert tf_keras.error("compiling.decay").startswith("ValueError")


def test_the_names_of_metrics_are_those_of_the_history(either, keras):
    assert either.answer("compiling.metrics_by_name")["history"] == ["accuracy", "loss"]
    assert keras.answer("compiling.metrics_by_name")["metrics_names"] == ["loss", "compile_metrics"]


def test_the_history_calls_a_metric_what_you_called_it(either):
    assert either.answer("compiling.metrics_by_short_name") == ["acc", "loss"]


def test_compiling_again_keeps_the_weights_and_begins_the_optimizer_anew(either):
    before, after, same_weights = either.answer("compiling.recompiling_begins_the_optimizer_anew")
    assert before == 5 and after == 0 and same_weights


# ImageDataGenerator


def test_keras_hides_image_data_generator_and_tf_keras_has_it(keras, tf_keras):
    assert keras.error("names.image_data_generator").startswith("AttributeError")
    assert tf_keras.answer("names.image_data_generator")
    assert "rotation_range" in keras.answer("names.parameters")["ImageDataGenerator"]


def test_image_data_generator_leans_on_a_name_that_scipy_gives_up(either):
    assert "scipy.ndimage.interpolation" in either.warnings("images.rotation_and_its_layer")


def test_flow_is_no_generator_and_knows_its_length(either):
    flow = either.answer("images.flow")
    assert flow == {"generator": False, "py_dataset": True, "length": 3, "sizes": [4, 4, 2]}


def test_flow_makes_batches_of_32_and_shuffles_by_default(either):
    flow = either.answer("names.parameters")["flow"]
    assert (flow["batch_size"], flow["shuffle"]) == ("32", "True")


def test_flow_turns_bytes_into_floats(either):
    assert either.answer("images.flow_reads_bytes_as") == "float32"


def test_the_notes_shear_moves_an_image_by_less_than_a_tenth_of_a_pixel(either):
    as_written, in_degrees = either.answer("images.shear_of_the_notes")
    assert as_written < 0.1 and in_degrees > 5


def test_rotation_of_the_generator_is_that_of_the_layer(either):
    assert either.answer("images.rotation_and_its_layer") < 1e-6


def test_what_the_notes_settings_draw_lies_in_their_units(either):
    drawn = either.answer("images.draws_of_a_batch")  # of 200 images, 64 px a side

    def reaches(name):
        return max(abs(one[name]) for one in drawn)

    assert 19 < reaches("theta") <= 20  # degrees
    assert 12 < reaches("tx") <= 12.8 and 12 < reaches("ty") <= 12.8  # a fifth of the side
    assert 0.14 < reaches("shear") <= 0.15  # degrees
    assert all(0.85 <= one[side] <= 1.15 for one in drawn for side in ("zx", "zy"))
    assert 70 < sum(one["flip_horizontal"] for one in drawn) < 130


def test_zoom_is_drawn_for_each_side_alone_and_keeps_the_size(either):
    assert any(
        abs(one["zx"] - one["zy"]) > 0.05 for one in either.answer("images.draws_of_a_batch")
    )
    assert either.answer("images.shape_after_zoom") == [64, 64, 1]


def test_the_layers_fill_otherwise_than_the_generator(either):
    assert either.answer("images.fill_modes") == ["nearest", "reflect", "reflect"]


def test_the_notes_name_7_of_the_generators_arguments(either):
    named = {"rotation_range", "zoom_range", "width_shift_range", "height_shift_range",
             "shear_range", "horizontal_flip", "fill_mode"}  # fmt: skip
    arguments = set(either.answer("names.parameters")["ImageDataGenerator"])
    assert named < arguments and len(arguments - named) == 16
