/* Draws the events on standard input with MyPaint's brush library and prints the seconds that it took.
 *
 * Arguments: the side of the surface, the brush's radius, its dabs per radius, how many events make a display frame.
 * Every line of the input is an event: x y pressure seconds. The surface is 16 bits a channel in tiles, as ours is. */
#include <libmypaint/mypaint-brush.h>
#include <libmypaint/mypaint-fixed-tiled-surface.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    const int side = atoi(argv[1]), frame = atoi(argv[4]);
    MyPaintBrush *brush = mypaint_brush_new();
    mypaint_brush_from_defaults(brush);
    mypaint_brush_set_base_value(brush, MYPAINT_BRUSH_SETTING_RADIUS_LOGARITHMIC, logf(atof(argv[2])));
    mypaint_brush_set_base_value(brush, MYPAINT_BRUSH_SETTING_DABS_PER_ACTUAL_RADIUS, atof(argv[3]));
    mypaint_brush_set_base_value(brush, MYPAINT_BRUSH_SETTING_DABS_PER_BASIC_RADIUS, 0.0f);
    mypaint_brush_set_base_value(brush, MYPAINT_BRUSH_SETTING_HARDNESS, 0.5f);
    mypaint_brush_set_base_value(brush, MYPAINT_BRUSH_SETTING_OPAQUE, 0.8f);
    mypaint_brush_set_base_value(brush, MYPAINT_BRUSH_SETTING_COLOR_V, 0.5f);
    MyPaintFixedTiledSurface *made = mypaint_fixed_tiled_surface_new(side, side);
    MyPaintSurface *surface = mypaint_fixed_tiled_surface_interface(made);
    double x, y, pressure, seconds, last = 0.0, spent = 0.0;
    long count = 0;
    mypaint_brush_reset(brush);
    mypaint_brush_new_stroke(brush);
    double start = 0.0;
    while (scanf("%lf %lf %lf %lf", &x, &y, &pressure, &seconds) == 4) {
        if (count % frame == 0) {
            start = now();
            mypaint_surface_begin_atomic(surface);
        }
        mypaint_brush_stroke_to(brush, surface, x, y, pressure, 0.0f, 0.0f, count ? seconds - last : 1.0);
        last = seconds;
        if (++count % frame == 0) {
            mypaint_surface_end_atomic(surface, NULL);
            spent += now() - start;
        }
    }
    printf("%.9f %ld\n", spent, count);
    return 0;
}
