# docker build --tag cnncalc . && docker run --rm --volume "$PWD:/specs:ro" cnncalc check .
FROM python:3.13-slim AS build
COPY . /source
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheels /source

FROM python:3.13-slim
COPY --from=build /wheels /wheels
RUN python -m pip install --no-cache-dir /wheels/*.whl
RUN useradd --uid 1000 --create-home cnncalc
USER cnncalc
WORKDIR /specs
ENTRYPOINT ["cnncalc"]
CMD ["--help"]
